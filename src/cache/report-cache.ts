import type { Clock } from '../common/clock.js';
import type { EntrySelector, Selectable } from '../common/entry-selector.js';
import { loggable } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { Telemetry } from '../common/telemetry.js';
import type { EntryPolicy, FetchRequest } from './fetch-request.js';
import { isDueEarly, isInGrace } from './freshness.js';
import type { GenerationNote } from './generations.js';
import type { HitCounter } from './hit-counter.js';
import type { LoadTurns } from './load-turns.js';
import { afterAtMost } from './after-at-most.js';
import type { MemoryEntry } from './memory-entry.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissOutcome, Outcome, StoredOutcome } from './outcome.js';
import type { DropReason, MissReasons } from './miss-reasons.js';
import type { PayloadCodec } from './payload-codec.js';
import { SingleFlight } from './single-flight.js';
import type { SourceLoader } from './source-loader.js';
import type { StoreTier } from './store-tier.js';
import type { Absent, Found, TierReader } from './tier-reader.js';

/** Told what was dropped because it is outdated; must not throw. */
export type InvalidationListener = (selector: EntrySelector) => void;

/** One request, one pass down: memory, single flight, store, source, fill. */
export class ReportCache {
  private readonly logger = new ModuleLogger();
  private readonly flights = new SingleFlight();
  private readonly refreshes = new SingleFlight();
  private readonly listeners: InvalidationListener[] = [];

  /** @param random in [0, 1), for early refresh. */
  constructor(
    private readonly memory: MemoryTier,
    private readonly store: StoreTier,
    private readonly reader: TierReader,
    private readonly loader: SourceLoader,
    private readonly turns: LoadTurns,
    private readonly reasons: MissReasons,
    private readonly hits: HitCounter,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
    private readonly random: () => number,
  ) {}

  /** The fresh answer in memory, without waiting for anything. */
  peek<T>(key: string, codec: PayloadCodec<T>): { read(): T } | undefined {
    return this.reader.peek(key, codec);
  }

  /** The fresh answer in memory or store; `undefined` is a miss. */
  async get<T>(key: string, codec: PayloadCodec<T>): Promise<StoredOutcome<T> | undefined> {
    const inMemory = this.hit(key, codec);
    if (inMemory !== undefined) return inMemory;
    const found = await this.reader.inStore(key, codec);
    return 'status' in found ? undefined : found.outcome;
  }

  /** The fresh answer in memory, without waiting for anything, and without a refresh behind it. */
  hit<T>(key: string, codec: PayloadCodec<T>): StoredOutcome<T> | undefined {
    return this.reader.inMemory(key, codec)?.outcome;
  }

  /** The answer from memory, store or source. Callers of one cold key share one load. */
  async fetch<T>(request: FetchRequest<T>): Promise<Outcome<T>> {
    const { key } = request.target;
    const inMemory = this.reader.inMemory(key, request.codec);
    if (inMemory !== undefined) return this.refreshingEarly(request, inMemory);
    const running = this.flights.running<Outcome<T>>(key);
    return running === undefined
      ? this.flights.start(request.target, () => this.fly(request))
      : this.join(request, running);
  }

  /**
   * The answer from the source, unless the stored one is younger than `minAgeMs`. Callers who ask for a refresh of one
   * key at the same time share one load; a load that began before the first of them asked is not good enough, and
   * stores nothing.
   */
  async refresh<T>(request: FetchRequest<T>, minAgeMs: number): Promise<Outcome<T>> {
    const stored = await this.get(request.target.key, request.codec);
    if (stored !== undefined && this.clock.now() - stored.createdAt < minAgeMs) return stored;
    return this.loadAnew(request);
  }

  /**
   * Stores a value; a load that began before does not overwrite it.
   * @returns whether it is committed; `false` when only memory has it, because the store failed.
   * @throws {ValueNotCacheableError} naming the path of what could not come back.
   */
  async set<T>(target: Selectable, value: T, policy: EntryPolicy, codec: PayloadCodec<T>): Promise<boolean> {
    const selector = { key: target.key };
    const storing = this.loader.put(target, value, policy, codec);
    this.flights.forget(selector);
    this.refreshes.forget(selector);
    const committed = await storing;
    // Whoever read the store before the commit may not put the old row into memory after it.
    this.reader.overtake(selector);
    return committed;
  }

  /**
   * Drops what the selector covers from both tiers. Once this has resolved, nobody in this process sees any of it.
   * @param reason what the next miss of these entries says.
   * @returns how many entries were there.
   */
  async invalidate(selector: EntrySelector, reason: DropReason = 'invalidated'): Promise<number> {
    const fromMemory = this.dropFromMemory(selector, reason);
    const fromStore = await this.store.remove(selector, this.reasons.noting(reason));
    // Whoever read the store before the commit may have brought an old row back into memory meanwhile.
    this.reader.overtake(selector);
    this.memory.remove(selector);
    const dropped = Math.max(fromMemory, fromStore);
    if (dropped > 0 && isOutdated(reason)) for (const listener of this.listeners) listener(selector);
    return dropped;
  }

  /** Calls the listener after each {@link invalidate} of this process that found outdated entries. */
  onInvalidated(listener: InvalidationListener): void {
    this.listeners.push(listener);
  }

  /**
   * Drops what the selector covers from this process alone: memory, and loads that run.
   * @returns how many entries memory had.
   */
  dropFromMemory(selector: EntrySelector, reason: DropReason): number {
    this.reader.overtake(selector);
    this.overtakeLoads(selector);
    this.refreshes.forget(selector);
    return this.memory.remove(selector, this.reasons.noting(reason));
  }

  /** As {@link invalidate}, leaving no trace: hits that were counted go as well. @throws what the store throws. */
  async purge(selector: EntrySelector): Promise<void> {
    await this.flushHits();
    await this.invalidate(selector);
    await this.store.removeNow(selector);
  }

  /** A note that is marked once something drops or replaces what this target names, loads aside. */
  watch(target: Selectable): GenerationNote {
    return this.loader.watch(target);
  }

  /** Runs a load for nobody's answer, where the source has room for it now; `undefined`: it has none. */
  runIfFree<T>(load: () => Promise<T>): Promise<T> | undefined {
    return this.loader.runIfFree(load);
  }

  /** Resolves when all that was loaded is queued for the store, which may then be closed. */
  fillsQueued(): Promise<void> {
    return this.loader.fillsQueued();
  }

  /** Writes the hits counted since the last flush; they stay counted when the store fails. */
  async flushHits(): Promise<void> {
    const counts = this.hits.drain();
    if (counts.length > 0 && !(await this.store.recordHits(counts))) this.hits.restore(counts);
  }

  private loadAnew<T>(request: FetchRequest<T>): Promise<MissOutcome<T>> {
    const running = this.refreshes.running<MissOutcome<T>>(request.target.key);
    return running === undefined
      ? this.refreshes.start(request.target, () => this.flyAnew(request))
      : this.joinRefresh(request, running);
  }

  private async flyAnew<T>(request: FetchRequest<T>): Promise<MissOutcome<T>> {
    const { key } = request.target;
    this.overtakeLoads({ key });
    const outcome = await this.loader.load(request, 'refresh');
    // Whoever read the store before may not put the old row into memory now.
    this.reader.overtake({ key });
    return outcome;
  }

  private overtakeLoads(selector: EntrySelector): void {
    this.loader.overtake(selector);
    this.flights.forget(selector);
  }

  private refreshingEarly<T>(
    request: FetchRequest<T>,
    found: { entry: MemoryEntry; outcome: StoredOutcome<T> },
  ): Outcome<T> {
    const { earlyRefresh } = request.policy;
    if (earlyRefresh !== undefined && this.isDueEarly(found.entry, earlyRefresh)) this.refreshBehind(request);
    return found.outcome;
  }

  private isDueEarly(entry: MemoryEntry, beta: number): boolean {
    return isDueEarly(entry, this.clock.now(), entry.loadMs, beta, this.random());
  }

  /** Nobody waits for it: when it fails, the next caller after the expiry loads and is told why. */
  private refreshBehind<T>(request: FetchRequest<T>): void {
    this.turns
      .loadBehind(request, 'ttl')
      .catch((error: unknown) => this.reportRefresh(request.target.type, error));
  }

  private async join<T>(request: FetchRequest<T>, running: Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await running;
    if (outcome.status !== 'miss') return outcome;
    return outcome.shareable
      ? { ...outcome, collapsed: true }
      : this.loader.loadAlone(request, outcome.reason);
  }

  private async joinRefresh<T>(
    request: FetchRequest<T>,
    running: Promise<MissOutcome<T>>,
  ): Promise<MissOutcome<T>> {
    const outcome = await running;
    return outcome.shareable ? { ...outcome, collapsed: true } : this.loader.loadAlone(request, 'refresh');
  }

  private async fly<T>(request: FetchRequest<T>): Promise<Outcome<T>> {
    const note = this.loader.watch(request.target);
    try {
      const found = await this.lookUp(request);
      if (!('status' in found)) return this.refreshingEarly(request, found);
      const { expired, reason } = found;
      if (expired === undefined) return await this.turns.load(request, reason);
      return await this.loadOrStale(request, expired, note);
    } finally {
      note.release();
    }
  }

  private lookUp<T>({ target, codec }: FetchRequest<T>): Promise<Found<T> | Absent> {
    const look = (): Promise<Found<T> | Absent> => this.reader.inStore(target.key, codec);
    return this.telemetry.during('lookup', target.type, look, lookupOutcome);
  }

  /** The load, or the expired answer when it fails or takes longer than the soft timeout; the load then goes on. */
  private async loadOrStale<T>(
    request: FetchRequest<T>,
    expired: MemoryEntry,
    note: GenerationNote,
  ): Promise<Outcome<T>> {
    const loading = this.turns.load(request, 'ttl');
    const mayBeStale = (): boolean => !note.overtaken && isInGrace(expired, this.clock.now());
    try {
      const outcome = await afterAtMost(request.policy.softTimeoutMs, loading);
      if (outcome !== 'late') return outcome;
      if (!mayBeStale()) return await loading;
      loading.catch((error: unknown) => this.reportRefresh(request.target.type, error));
    } catch (error) {
      if (!mayBeStale()) throw error;
      this.reportRefresh(request.target.type, error);
    }
    return this.reader.answer<T>(expired, 'stale');
  }

  private reportRefresh(type: string, error: unknown): void {
    this.logger.warn(`A report of type ${JSON.stringify(type)} could not be refreshed: ${loggable(error)}`);
  }
}

/** Not what merely ran out of room or time, nor what is damaged. */
function isOutdated(reason: DropReason): boolean {
  return reason === 'invalidated' || reason === 'watermark';
}

function lookupOutcome<T>(found: Found<T> | Absent): string {
  if (!('status' in found)) return 'hit';
  return found.expired === undefined ? 'miss' : 'stale';
}
