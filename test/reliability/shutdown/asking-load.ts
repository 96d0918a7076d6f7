import { http } from '../../support/http-client.js';
import { contentOf } from './contents.js';

const CLIENTS = 8;

/** Every so many requests, one asks for the report before once more. */
const REPEAT_EVERY = 3;

/** Requests without a pause, until the app takes none any more. */
export class AskingLoad {
  /** Reports that arrived whole. */
  readonly answered = new Set<string>();
  answers = 0;
  /** Other answers than the report; a refusal only while the app had not been told to end. */
  wrong = 0;
  private isSignalled = false;

  /** @param name what the names of the reports begin with: of several apps on one store each has its own */
  constructor(
    private readonly url: string,
    private readonly name = 'report',
  ) {}

  /** The app was told to end. */
  signalled(): void {
    this.isSignalled = true;
  }

  /** Resolves when no client is left. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.client(client)));
  }

  private async client(client: number): Promise<void> {
    for (let request = 1; ; request += 1) {
      const isRepeated = request % REPEAT_EVERY === 0;
      if (!(await this.ask(`${this.name}-${client}-${isRepeated ? request - 1 : request}`))) return;
    }
  }

  /** @returns whether to go on. */
  private async ask(name: string): Promise<boolean> {
    const answer = await http(`${this.url}/reports/${name}`).catch(() => undefined);
    if (answer?.status === 200 && answer.text === contentOf(name)) this.took(name);
    else if (answer?.status === 200 || !this.isSignalled) this.wrong += 1;
    return answer?.status === 200;
  }

  private took(name: string): void {
    this.answered.add(name);
    this.answers += 1;
  }
}
