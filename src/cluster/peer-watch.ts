import { ModuleLogger } from '../common/module-logger.js';
import { Mutex } from 'async-mutex';
import type { Clock } from '../common/clock.js';
import type { EntrySelector } from '../common/entry-selector.js';
import { messageOf } from '../common/message-of.js';
import type { NoticeChannel, NoticeState } from '../common/notice-channel.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type {
  CacheInvalidationRepository,
  NotedInvalidation,
} from '../storage/repositories/cache-invalidation.repository.js';
import type { CacheProcessRepository } from '../storage/repositories/cache-process.repository.js';
import { type DropDelay, DropDelays } from './drop-delays.js';
import { aliveUntil } from './lifetimes.js';
import { parseNotice } from './notice.js';
import { StoreSight } from './store-sight.js';

/** Invalidations carried out one by one; after more of them everything in memory goes. */
const MAX_CARRIED_OUT = 1_000;

const EVERYTHING: EntrySelector = {};

/** Between a look that failed and the next one, in milliseconds; the server is tried once a second at the most. */
const LOOK_AGAIN_MS = 250;

/** How closely the other processes are watched. */
export interface WatchBounds {
  /** Between two looks, in milliseconds. */
  readonly pollEveryMs: number;
  /** For how long after a look that succeeded memory may answer, in milliseconds. */
  readonly maxStalenessMs: number;
  /**
   * Whether others may come without this process's seeing the store: on a server they may; whoever cannot use a file
   * that it had to itself is taken to be alone still.
   */
  readonly othersMayCome: boolean;
}

/** What is known of the other processes, for health checks. */
export interface PeerHealth {
  readonly otherProcesses: number;
  /** Milliseconds since the last look that succeeded began; `null` before the first one. */
  readonly lastLookMsAgo: number | null;
  readonly maxStalenessMs: number;
  /** Whether memory may answer. */
  readonly inSight: boolean;
  readonly notices: NoticeState;
  readonly dropDelay: DropDelay;
}

/**
 * Reads, once an interval and whenever a notice tells of news, what other processes dropped or replaced, and who they
 * are. Rejected: `PRAGMA data_version` before each look, which this process's own writes change as well; the look costs
 * two lookups by primary key.
 *
 * Whenever it cannot know what it has missed (it joins, it slept for longer than others remember it, the file is
 * another one), everything in memory goes. When it has not been able to look for `maxStalenessMs`, memory is out of
 * {@link inSight}, and answers nobody until a look succeeds.
 */
export class PeerWatch {
  private readonly logger = new ModuleLogger();
  private readonly task: PeriodicTask;
  private readonly looking = new Mutex();
  private readonly listeners = new Set<(selector: EntrySelector) => void>();
  private readonly delays = new DropDelays();
  private waiting: Promise<void> | undefined;
  private again: NodeJS.Timeout | undefined;
  private position: NotedInvalidation | undefined;
  private others = 0;
  private readonly sight: StoreSight;
  private stopped = false;

  constructor(
    private readonly processes: CacheProcessRepository,
    private readonly invalidations: CacheInvalidationRepository,
    private readonly clock: Clock,
    private readonly bounds: WatchBounds,
    private readonly channel: NoticeChannel,
  ) {
    this.sight = new StoreSight(clock, bounds.maxStalenessMs);
    this.task = new PeriodicTask(bounds.pollEveryMs, () => this.catchUp());
    channel.onNotice((text) => this.hear(text));
  }

  /** Live processes beside this one, as of the last look. */
  get otherProcesses(): number {
    return this.others;
  }

  /** As far as it can be told while the store is out. */
  get othersMayBeThere(): boolean {
    return this.others > 0 || this.bounds.othersMayCome;
  }

  /** The newest invalidation that has been carried out; 0, which is older than all, when that is not known. */
  get known(): number {
    return this.position?.id ?? 0;
  }

  /** Asked at every hit. */
  get inSight(): boolean {
    return !this.othersMayBeThere || this.sight.isRecent;
  }

  /** See {@link Peers.storeIsBehind}. */
  get storeIsBehind(): boolean {
    return this.sight.storeIsBehind;
  }

  get health(): PeerHealth {
    return {
      otherProcesses: this.others,
      lastLookMsAgo: this.sight.lastLookMsAgo,
      maxStalenessMs: this.bounds.maxStalenessMs,
      inSight: this.inSight,
      notices: this.channel.state,
      dropDelay: this.delays.summary(this.bounds.pollEveryMs),
    };
  }

  onDrop(listener: (selector: EntrySelector) => void): void {
    this.listeners.add(listener);
  }

  start(): void {
    this.channel.start();
    this.task.start();
  }

  /** The others need not tell this process any more, and what it still loads is not stored. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await Promise.all([this.task.stop(), this.channel.stop()]);
    await this.looking.runExclusive(() => this.leave().catch((error: unknown) => this.report(error)));
  }

  /** Carries out what others did before this call. Never rejects. */
  catchUp(): Promise<void> {
    // Whoever comes while one waits for its turn shares it; one that runs may have looked too early.
    this.waiting ??= this.looking.runExclusive(() => {
      this.waiting = undefined;
      return this.look().catch((error: unknown) => this.report(error));
    });
    return this.waiting;
  }

  private hear(text: string | undefined): void {
    const notice = text === undefined ? undefined : parseNotice(text);
    if (text === undefined || (notice?.kind === 'dropped' && this.isNews(notice))) void this.catchUp();
  }

  private isNews({ id, origin }: { id: number; origin: string }): boolean {
    return origin !== this.processes.processId && id > this.known;
  }

  private async look(): Promise<void> {
    // Who asks for a lease while the app closes must not join again.
    if (this.stopped) return;
    const beganAt = this.clock.elapsed();
    try {
      await this.readNews();
    } catch (error) {
      if (this.bounds.othersMayCome) this.lookAgainSoon();
      throw error;
    }
    this.sight.lookSucceeded(beganAt);
  }

  private lookAgainSoon(): void {
    this.sight.lookFailed();
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.catchUp(), LOOK_AGAIN_MS).unref();
  }

  private async readNews(): Promise<void> {
    const { position } = this;
    // Both at once: whoever is among them after the reading was so before it.
    const [{ joined, others }, noted] = await Promise.all([
      this.processes.census(this.clock.now()),
      position === undefined ? [] : this.invalidations.from(position.id, MAX_CARRIED_OUT + 2),
    ]);
    this.others = others;
    if (joined && position !== undefined) await this.goOn(position, noted);
    else await this.join();
  }

  private async goOn(
    position: NotedInvalidation,
    [first, ...news]: readonly NotedInvalidation[],
  ): Promise<void> {
    const isLost = first?.id !== position.id || first.origin !== position.origin;
    if (isLost || news.length > MAX_CARRIED_OUT) return this.startOver();
    for (const { selector, notedAt } of news.filter(({ origin }) => origin !== this.processes.processId)) {
      this.drop(selector);
      this.delays.record(this.clock.now() - notedAt);
    }
    this.position = news.at(-1) ?? position;
  }

  private async join(): Promise<void> {
    this.forget();
    await this.processes.join(aliveUntil(this.clock));
    await this.startOver();
  }

  private async leave(): Promise<void> {
    this.position = undefined;
    await this.processes.leave();
  }

  /** Dropped after the position is read: what was read in between may be from before it. */
  private async startOver(): Promise<void> {
    this.forget();
    this.position = await this.invalidations.newest();
    this.drop(EVERYTHING);
  }

  /** Once, and not at every attempt to join: a file that cannot be written must not empty the memory for as long. */
  private forget(): void {
    if (this.position === undefined) return;
    this.position = undefined;
    this.drop(EVERYTHING);
  }

  private drop(selector: EntrySelector): void {
    for (const listener of this.listeners) listener(selector);
  }

  private report(error: unknown): void {
    this.logger.debug(`Could not read what other processes dropped: ${messageOf(error)}`);
  }
}
