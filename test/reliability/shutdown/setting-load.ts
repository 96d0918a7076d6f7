import { type CacheService } from '../../../src/index.js';
import { contentOf } from './contents.js';

export interface SettingLoadOptions {
  /** What the keys begin with: of several apps on one store each has its own. */
  readonly name: string;
  readonly flows: number;
  /** Calls at once when the app is told to end. */
  readonly burst: number;
}

/**
 * Calls of `CacheService.set`, each under a key of its own: a few without a pause, until the cache takes none any more,
 * and many at once when the app is told to end.
 */
export class SettingLoad {
  private refusals = 0;
  private burst: Promise<unknown> | undefined;

  constructor(
    private readonly cache: CacheService,
    private readonly onAcknowledged: (key: string) => void,
    private readonly options: SettingLoadOptions,
  ) {}

  /** Calls that began before the app began to close, and did not end in `true`. */
  get refused(): number {
    return this.refusals;
  }

  /** The app is told to end, and has not begun to. */
  signalled(): void {
    const calls = Array.from({ length: this.options.burst }, (_, call) =>
      this.set(`${this.options.name}-burst-${call}`, true),
    );
    this.burst = Promise.all(calls);
  }

  /** Resolves when nothing is under way any more. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.flows }, (_, flow) => this.flow(flow)));
    await this.burst;
  }

  private async flow(flow: number): Promise<void> {
    for (let call = 1; await this.set(`${this.options.name}-flow-${flow}-${call}`, this.burst === undefined);)
      call += 1;
  }

  private async set(key: string, isDue: boolean): Promise<boolean> {
    const isCommitted = await this.cache.set(key, contentOf(key), { type: 'set' });
    if (isCommitted) this.onAcknowledged(key);
    else if (isDue) this.refusals += 1;
    return isCommitted;
  }
}
