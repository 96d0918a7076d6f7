import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AppMessage } from './loaded-app.js';

/** Longer than a process that ends by itself needs, however busy the machine is. */
const PATIENCE_MS = 15_000;

/** The app in a process of its own, and all that it says. */
export class RunningApp {
  /** Keys whose `set` ended in `true`. */
  readonly acknowledged: string[] = [];
  /** Calls of `set` from before it began to close that did not; told by the app when it has closed. */
  refused = 0;
  /** How long its cache took to write what waited, in milliseconds; told by those that measure it. */
  drainedMs = 0;
  private url = '';

  constructor(private readonly process: ChildProcess) {
    process.on('message', (message: AppMessage) => this.hear(message));
  }

  /** Resolves with its address when it listens. @throws when it ended before. */
  async listening(): Promise<string> {
    while (this.url === '') {
      await Promise.race([once(this.process, 'message'), this.endedEarly()]);
    }
    return this.url;
  }

  /** Tells it to end. @returns after how many milliseconds it ended by itself; `undefined` when it had to be killed. */
  async end(): Promise<number | undefined> {
    const start = performance.now();
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const patience = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE_MS);
    const [code] = (await ended) as [number | null];
    clearTimeout(patience);
    return code === 0 ? performance.now() - start : undefined;
  }

  private hear(message: AppMessage): void {
    if ('url' in message) this.url = message.url;
    else if ('acknowledged' in message) this.acknowledged.push(message.acknowledged);
    else if ('drainedMs' in message) this.drainedMs = message.drainedMs;
    else this.refused = message.refused;
  }

  private async endedEarly(): Promise<never> {
    const [code] = (await once(this.process, 'exit')) as [number | null];
    throw new Error(`The app ended by itself, with ${code}`);
  }
}
