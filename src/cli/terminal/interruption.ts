import { ExitCode } from '../exit-codes.js';

/** How long a command may take to end by itself, in milliseconds: SQLite cannot be stopped inside a statement. */
const GRACE_MS = 3_000;

/**
 * Aborted by the first SIGINT or SIGTERM, so that the command undoes what is half done and closes the store. A command
 * that does not get there is ended after three seconds, and at once by a second signal: the store then is as after a
 * crash, which costs it nothing that was acknowledged.
 */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort();
    setTimeout(() => process.exit(ExitCode.interrupted), GRACE_MS).unref();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    dispose: () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt),
  };
}
