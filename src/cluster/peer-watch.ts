import { ModuleLogger } from '../common/module-logger.js';
import { Mutex } from 'async-mutex';
import type { Clock } from '../common/clock.js';
import type { EntrySelector } from '../common/entry-selector.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type {
  CacheInvalidationRepository,
  NotedInvalidation,
} from '../storage/repositories/cache-invalidation.repository.js';
import type { CacheProcessRepository } from '../storage/repositories/cache-process.repository.js';
import { aliveUntil } from './lifetimes.js';

/** Invalidations carried out one by one; after more of them everything in memory goes. */
const MAX_CARRIED_OUT = 1_000;

const EVERYTHING: EntrySelector = {};

/**
 * Reads, once an interval, what other processes dropped or replaced, and who they are. Rejected: `PRAGMA data_version`
 * before each look, which this process's own writes change as well; the look costs two lookups by primary key.
 *
 * Whenever it cannot know what it has missed (it joins, it slept for longer than others remember it, the file is
 * another one), everything in memory goes.
 */
export class PeerWatch {
  private readonly logger = new ModuleLogger();
  private readonly task: PeriodicTask;
  private readonly looking = new Mutex();
  private readonly listeners = new Set<(selector: EntrySelector) => void>();
  private waiting: Promise<void> | undefined;
  private position: NotedInvalidation | undefined;
  private others = 0;
  private stopped = false;

  constructor(
    private readonly processes: CacheProcessRepository,
    private readonly invalidations: CacheInvalidationRepository,
    private readonly clock: Clock,
    everyMs: number,
  ) {
    this.task = new PeriodicTask(everyMs, () => this.catchUp());
  }

  /** Live processes beside this one, as of the last look. */
  get otherProcesses(): number {
    return this.others;
  }

  /** The newest invalidation that has been carried out; 0, which is older than all, when that is not known. */
  get known(): number {
    return this.position?.id ?? 0;
  }

  onDrop(listener: (selector: EntrySelector) => void): void {
    this.listeners.add(listener);
  }

  start(): void {
    this.task.start();
  }

  /** The others need not tell this process any more, and what it still loads is not stored. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.task.stop();
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

  private async look(): Promise<void> {
    // Who asks for a lease while the app closes must not join again.
    if (this.stopped) return;
    const { joined, others } = await this.processes.census(this.clock.now());
    this.others = others;
    if (joined && this.position !== undefined) await this.goOnFrom(this.position);
    else await this.join();
  }

  private async goOnFrom(position: NotedInvalidation): Promise<void> {
    const [first, ...news] = await this.invalidations.from(position.id, MAX_CARRIED_OUT + 2);
    const isLost = first?.id !== position.id || first.origin !== position.origin;
    if (isLost || news.length > MAX_CARRIED_OUT) return this.startOver();
    for (const { selector } of news.filter(({ origin }) => origin !== this.processes.processId))
      this.drop(selector);
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
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.debug(`Could not read what other processes dropped: ${reason}`);
  }
}
