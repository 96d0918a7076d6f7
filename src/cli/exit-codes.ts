/** What a command ended with. Scripts rely on these numbers: see docs/command-line.md. */
export const ExitCode = {
  /** Done, and nothing is wrong. */
  ok: 0,
  /** Done, and problems were found that are still there. */
  problems: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** Doing it would endanger a running app or data: nothing was changed. */
  refused: 3,
  /** The store, or a file, cannot be used now. */
  unavailable: 4,
  /** Ended by SIGINT, as shells count it: 128 and the signal's number. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command. The message says what to do about it, and may hold names as they were given. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(ExitCode.usage, message);
}

export function refusal(message: string): CommandError {
  return new CommandError(ExitCode.refused, message);
}

export function unavailable(message: string, cause?: unknown): CommandError {
  return new CommandError(ExitCode.unavailable, message, { cause });
}

/** The store is there, and its content is at fault. */
export class DamagedStoreError extends CommandError {
  constructor(message: string, cause: unknown) {
    super(ExitCode.unavailable, message, { cause });
  }
}
