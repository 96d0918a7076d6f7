import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type WriterMessage } from './writer.js';

/** Writer processes that live and die together. */
export class Crew {
  private acknowledgements = 0;

  /** @param onAcknowledged told each step that a writer was told is committed. */
  constructor(
    private readonly writers: readonly ChildProcess[],
    private readonly onAcknowledged: (key: string, step: number) => void,
  ) {}

  /** Steps acknowledged so far. */
  get acknowledged(): number {
    return this.acknowledgements;
  }

  /** Resolves when every writer is about to open the file. @throws when one ended before. */
  async ready(): Promise<void> {
    await Promise.all(this.writers.map((writer) => this.listenTo(writer)));
  }

  /** Resolves when all that the writers had said before has been heard. @throws when one had ended by itself. */
  async kill(): Promise<void> {
    await Promise.all(this.writers.map(kill));
  }

  private listenTo(writer: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      writer.once('error', reject);
      writer.once('exit', (code) => reject(new Error(`A writer ended by itself, with ${code}`)));
      writer.on('message', (message: WriterMessage) => {
        if (message === 'ready') resolve();
        else this.acknowledge(...message);
      });
    });
  }

  private acknowledge(key: string, step: number): void {
    this.acknowledgements += 1;
    this.onAcknowledged(key, step);
  }
}

async function kill(writer: ChildProcess): Promise<void> {
  if (!writer.connected) throw new Error('A writer ended by itself');
  const end = Promise.all([once(writer, 'exit'), once(writer, 'disconnect')]);
  writer.kill('SIGKILL');
  await end;
}
