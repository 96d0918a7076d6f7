import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { EntrySelector, Selectable } from '../common/entry-selector.js';
import { ValueNotCacheableError } from '../common/errors.js';
import type { StoredEntry } from '../storage/entry.js';
import type { Bulkhead } from './bulkhead.js';
import { Generations, type GenerationNote } from './generations.js';
import type { HitCounter } from './hit-counter.js';
import { toMemoryEntry, type MemoryEntry } from './memory-entry.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissOutcome, MissReason, Outcome, StoredOutcome } from './outcome.js';
import type { PayloadCodec } from './payload-codec.js';
import { SingleFlight } from './single-flight.js';
import type { StoreTier } from './store-tier.js';

/** How long an entry lives. */
export interface EntryPolicy {
  /** Milliseconds during which it is fresh. */
  readonly ttlMs: number;
  /** Milliseconds past the TTL during which it may still answer when the source fails. */
  readonly graceMs: number;
}

/** What a load brought. */
export interface Loaded<T> {
  readonly value: T;
  /** `false`: the value answers whoever loaded it, is stored nowhere and is not shared with those who waited. */
  readonly storable: boolean;
}

export interface FetchRequest<T> {
  readonly target: Selectable;
  readonly policy: EntryPolicy;
  readonly codec: PayloadCodec<T>;
  readonly load: () => Promise<Loaded<T>>;
}

interface Absent {
  readonly reason: MissReason;
  /** An entry past its TTL and within its grace. */
  readonly expired?: MemoryEntry;
}

/** One request, one pass down: memory, single flight, store, source, fill. */
export class ReportCache {
  private readonly logger = new Logger('ReportsCache');
  private readonly flights = new SingleFlight();
  private readonly loads = new Generations();
  private readonly storeReads = new Generations();

  constructor(
    private readonly memory: MemoryTier,
    private readonly store: StoreTier,
    private readonly bulkhead: Bulkhead,
    private readonly hits: HitCounter,
    private readonly clock: Clock,
    private readonly maxEntryBytes: number,
  ) {}

  /** The fresh answer in memory, without waiting for anything. */
  peek<T>(key: string, codec: PayloadCodec<T>): StoredOutcome<T> | undefined {
    const entry = this.memory.get(key);
    return entry !== undefined && entry.format === codec.format && this.isFresh(entry)
      ? this.hit<T>(entry)
      : undefined;
  }

  /** The fresh answer in memory or store; `undefined` is a miss. */
  async get<T>(key: string, codec: PayloadCodec<T>): Promise<StoredOutcome<T> | undefined> {
    const inMemory = this.peek(key, codec);
    if (inMemory !== undefined) return inMemory;
    const found = await this.lookInStore(key, codec);
    return 'reason' in found ? undefined : found;
  }

  /** The answer from memory, store or source. Callers of one cold key share one load. */
  fetch<T>(request: FetchRequest<T>): Promise<Outcome<T>> {
    const hit = this.peek(request.target.key, request.codec);
    if (hit !== undefined) return Promise.resolve(hit);
    const running = this.flights.running<Outcome<T>>(request.target.key);
    return running === undefined
      ? this.flights.start(request.target, () => this.fly(request))
      : this.join(request, running);
  }

  /**
   * Stores a value; a load that began before does not overwrite it.
   * @returns whether it is committed; `false` when only memory has it, because the store failed.
   * @throws {ValueNotCacheableError} naming the path of what could not come back.
   */
  async set<T>(target: Selectable, value: T, policy: EntryPolicy, codec: PayloadCodec<T>): Promise<boolean> {
    const bytes = codec.encode(value);
    if (bytes.length > this.maxEntryBytes) {
      throw new ValueNotCacheableError('', `takes ${bytes.length} bytes, more than maxEntryBytes allows`);
    }
    const entry = this.toStoredEntry(target, policy, codec.format, bytes);
    this.overtake({ key: target.key });
    const note = this.loads.begin(target);
    const committed = await this.store.put(entry);
    // Whoever read the store before the commit may not put the old row into memory after it.
    this.storeReads.advance({ key: target.key });
    if (!note.overtaken) this.memory.put(toMemoryEntry(entry, codec));
    note.release();
    return committed;
  }

  /**
   * Drops what the selector covers from both tiers. Once this has resolved, nobody in this process sees any of it.
   * @returns how many entries were there.
   */
  async invalidate(selector: EntrySelector): Promise<number> {
    this.overtake(selector);
    const fromMemory = this.memory.remove(selector);
    const fromStore = await this.store.remove(selector);
    // Whoever read the store before the commit may have brought an old row back into memory meanwhile.
    this.storeReads.advance(selector);
    this.memory.remove(selector);
    return Math.max(fromMemory, fromStore);
  }

  /** Writes the hits counted since the last flush; they stay counted when the store fails. */
  async flushHits(): Promise<void> {
    const counts = this.hits.drain();
    if (counts.length > 0 && !(await this.store.recordHits(counts))) this.hits.restore(counts);
  }

  private overtake(selector: EntrySelector): void {
    this.loads.advance(selector);
    this.storeReads.advance(selector);
    this.flights.forget(selector);
  }

  private async join<T>(request: FetchRequest<T>, running: Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await running;
    if (outcome.status !== 'miss') return outcome;
    return outcome.shareable ? { ...outcome, collapsed: true } : this.fly(request);
  }

  private async fly<T>(request: FetchRequest<T>): Promise<Outcome<T>> {
    const found = await this.lookInStore(request.target.key, request.codec);
    return 'reason' in found ? this.loadAndFill(request, found) : found;
  }

  private async lookInStore<T>(key: string, codec: PayloadCodec<T>): Promise<StoredOutcome<T> | Absent> {
    const note = this.storeReads.begin({ key });
    try {
      const row = await this.store.find(key);
      if (row === 'damaged') return { reason: 'damaged' };
      if (row === 'absent' || row.format !== codec.format || note.overtaken) return this.expiredInMemory(key);
      return this.takeOver(row, codec);
    } finally {
      note.release();
    }
  }

  private takeOver<T>(row: StoredEntry, codec: PayloadCodec<T>): StoredOutcome<T> | Absent {
    try {
      const entry = toMemoryEntry(row, codec);
      if (!this.isFresh(entry)) return this.expired(entry);
      const hit = this.hit<T>(entry);
      this.memory.promote(entry);
      return hit;
    } catch {
      // The checksum held and the codec cannot read it: as good as damaged, and the next fill overwrites it.
      return { reason: 'damaged' };
    }
  }

  private expired(entry: MemoryEntry): Absent {
    if (this.isInGrace(entry)) return { reason: 'ttl', expired: entry };
    this.store.removeExpired(entry.key);
    return { reason: 'ttl' };
  }

  private expiredInMemory(key: string): Absent {
    const entry = this.memory.get(key);
    if (entry === undefined) return { reason: 'cold' };
    return this.isInGrace(entry) ? { reason: 'ttl', expired: entry } : { reason: 'ttl' };
  }

  private async loadAndFill<T>(request: FetchRequest<T>, absent: Absent): Promise<Outcome<T>> {
    const note = this.loads.begin(request.target);
    try {
      const { loaded, sourceMs } = await this.bulkhead.run(() => this.timed(request.load));
      const kept = this.keep(request, loaded, note);
      return { status: 'miss', reason: absent.reason, collapsed: false, sourceMs, ...kept };
    } catch (error) {
      const { expired } = absent;
      if (expired === undefined || note.overtaken || !this.isInGrace(expired)) throw error;
      return { ...this.hit<T>(expired), status: 'stale' };
    } finally {
      note.release();
    }
  }

  private async timed<T>(load: () => Promise<Loaded<T>>): Promise<{ loaded: Loaded<T>; sourceMs: number }> {
    const startedAt = this.clock.elapsed();
    const loaded = await load();
    return { loaded, sourceMs: this.clock.elapsed() - startedAt };
  }

  /** Fills both tiers, unless the value may not or cannot be stored or an invalidation came meanwhile. */
  private keep<T>(
    { target, policy, codec }: FetchRequest<T>,
    loaded: Loaded<T>,
    note: GenerationNote,
  ): Pick<MissOutcome<T>, 'value' | 'stored' | 'shareable'> {
    const bytes = loaded.storable ? this.encodeOrWarn(target.type, loaded.value, codec) : undefined;
    if (bytes === undefined) return { value: loaded.value, stored: undefined, shareable: false };
    const entry = this.toStoredEntry(target, policy, codec.format, bytes);
    const inMemory = toMemoryEntry(entry, codec);
    const value = inMemory.resident.read() as T;
    if (note.overtaken || bytes.length > this.maxEntryBytes)
      return { value, stored: undefined, shareable: true };
    this.memory.put(inMemory);
    void this.store.put(entry);
    return { value, stored: entry, shareable: true };
  }

  private encodeOrWarn<T>(type: string, value: T, codec: PayloadCodec<T>): Buffer | undefined {
    try {
      return codec.encode(value);
    } catch (error) {
      if (!(error instanceof ValueNotCacheableError)) throw error;
      this.logger.warn(
        `A value of type ${JSON.stringify(type)} was answered and not cached. ${error.message}`,
      );
      return undefined;
    }
  }

  private toStoredEntry(target: Selectable, policy: EntryPolicy, format: string, bytes: Buffer): StoredEntry {
    const createdAt = this.clock.now();
    const expiresAt = createdAt + policy.ttlMs;
    const { key, type, companyId, username, tags } = target;
    const graceUntil = expiresAt + policy.graceMs;
    return { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, format, bytes };
  }

  private hit<T>(entry: MemoryEntry): StoredOutcome<T> {
    this.hits.count(entry.key);
    const { createdAt, expiresAt } = entry;
    return { status: 'hit', value: entry.resident.read() as T, createdAt, expiresAt };
  }

  /** The one rule of expiry: an entry is fresh while `now < expiresAt`. */
  private isFresh(entry: MemoryEntry): boolean {
    return this.clock.now() < entry.expiresAt;
  }

  private isInGrace(entry: MemoryEntry): boolean {
    return this.clock.now() < entry.graceUntil;
  }
}
