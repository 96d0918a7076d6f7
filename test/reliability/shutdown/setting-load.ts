import { type CacheService } from '../../../src/index.js';
import { contentOf } from './contents.js';

const FLOWS = 32;

/** Twice as many as one transaction takes, so that some wait for the next. */
const BURST = 1_024;

/**
 * Calls of `CacheService.set`, each under a key of its own: a few without a pause, until the cache takes none any more,
 * and many at once when the app is told to end.
 */
export class SettingLoad {
  private refusals = 0;
  private burst: Promise<unknown> | undefined;

  /** @param name what the keys begin with: of several apps on one store each has its own */
  constructor(
    private readonly cache: CacheService,
    private readonly onAcknowledged: (key: string) => void,
    private readonly name: string,
  ) {}

  /** Calls that began before the app began to close, and did not end in `true`. */
  get refused(): number {
    return this.refusals;
  }

  /** The app is told to end, and has not begun to. */
  signalled(): void {
    const calls = Array.from({ length: BURST }, (_, call) => this.set(`${this.name}-burst-${call}`, true));
    this.burst = Promise.all(calls);
  }

  /** Resolves when nothing is under way any more. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: FLOWS }, (_, flow) => this.flow(flow)));
    await this.burst;
  }

  private async flow(flow: number): Promise<void> {
    for (let call = 1; await this.set(`${this.name}-flow-${flow}-${call}`, this.burst === undefined);)
      call += 1;
  }

  private async set(key: string, isDue: boolean): Promise<boolean> {
    const isCommitted = await this.cache.set(key, contentOf(key), { type: 'set' });
    if (isCommitted) this.onAcknowledged(key);
    else if (isDue) this.refusals += 1;
    return isCommitted;
  }
}
