import type { Clock } from '../common/clock.js';
import type { EntrySelector, Selectable } from '../common/entry-selector.js';
import { ValueNotCacheableError } from '../common/errors.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { StoredEntry } from '../storage/entry.js';
import type { Bulkhead } from './bulkhead.js';
import type { EntryPolicy, FetchRequest, Loaded } from './fetch-request.js';
import { Generations, type GenerationNote } from './generations.js';
import { toMemoryEntry } from './memory-entry.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissReasons } from './miss-reasons.js';
import type { MissOutcome, MissReason } from './outcome.js';
import type { PayloadCodec } from './payload-codec.js';
import { SingleFlight } from './single-flight.js';
import type { StoreTier } from './store-tier.js';

/** Runs sources, one load a key at a time, and fills both tiers with what they bring. */
export class SourceLoader {
  private readonly logger = new ModuleLogger();
  private readonly running = new SingleFlight();
  private readonly generations = new Generations();

  /** @param random in [0, 1), for TTL jitter. */
  constructor(
    private readonly memory: MemoryTier,
    private readonly store: StoreTier,
    private readonly reasons: MissReasons,
    private readonly bulkhead: Bulkhead,
    private readonly clock: Clock,
    private readonly maxEntryBytes: number,
    private readonly random: () => number,
  ) {}

  /** Loads, or waits for the load of this key that runs. What the source throws comes as it was thrown. */
  load<T>(request: FetchRequest<T>, reason: MissReason): Promise<MissOutcome<T>> {
    const running = this.running.running<MissOutcome<T>>(request.target.key);
    return running === undefined
      ? this.running.start(request.target, () => this.loadAlone(request, reason))
      : this.join(request, reason, running);
  }

  isLoading(key: string): boolean {
    return this.running.running(key) !== undefined;
  }

  /**
   * Stores a value without a load; a load that began before does not overwrite it.
   * @returns whether it is committed.
   * @throws {ValueNotCacheableError} naming the path of what could not come back.
   */
  async put<T>(target: Selectable, value: T, policy: EntryPolicy, codec: PayloadCodec<T>): Promise<boolean> {
    const bytes = codec.encode(value);
    if (bytes.length > this.maxEntryBytes) {
      throw new ValueNotCacheableError('', `takes ${bytes.length} bytes, more than maxEntryBytes allows`);
    }
    const entry = this.toStoredEntry(target, policy, codec.format, bytes, 0);
    this.overtake({ key: target.key });
    const note = this.generations.begin(target);
    const committed = await this.store.replace(entry);
    if (!note.overtaken) this.memory.put(toMemoryEntry(entry, codec));
    note.release();
    return committed;
  }

  /** Loads that run now answer those who wait for them and store nothing; who comes later starts anew. */
  overtake(selector: EntrySelector): void {
    this.generations.advance(selector);
    this.running.forget(selector);
  }

  /** A note that an invalidation of this target will mark. */
  watch(target: Selectable): GenerationNote {
    return this.generations.begin(target);
  }

  private async join<T>(
    request: FetchRequest<T>,
    reason: MissReason,
    running: Promise<MissOutcome<T>>,
  ): Promise<MissOutcome<T>> {
    const outcome = await running;
    return outcome.shareable ? { ...outcome, collapsed: true } : this.loadAlone(request, reason);
  }

  /** Loads whatever else runs: for a caller whose key's last answer may not be shared. */
  async loadAlone<T>(request: FetchRequest<T>, reason: MissReason): Promise<MissOutcome<T>> {
    const note = this.generations.begin(request.target);
    try {
      const { loaded, sourceMs } = await this.bulkhead.run(() => this.timed(request.load));
      const kept = this.keep(request, loaded, sourceMs, note, reason);
      return { status: 'miss', reason, collapsed: false, sourceMs, ...kept };
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
    loadMs: number,
    note: GenerationNote,
    reason: MissReason,
  ): Pick<MissOutcome<T>, 'value' | 'stored' | 'shareable'> {
    const bytes = loaded.storable ? this.encodeOrWarn(target.type, loaded.value, codec) : undefined;
    if (bytes === undefined) return { value: loaded.value, stored: undefined, shareable: false };
    const entry = this.toStoredEntry(target, policy, codec.format, bytes, loadMs);
    const inMemory = toMemoryEntry(entry, codec);
    const value = inMemory.resident.read() as T;
    if (note.overtaken || bytes.length > this.maxEntryBytes)
      return { value, stored: undefined, shareable: true };
    this.memory.put(inMemory);
    this.reasons.filled(target.key);
    // Whoever asks after a forced refresh must not find the fresh row that it makes outdated.
    void (reason === 'refresh' ? this.store.replace(entry) : this.store.put(entry));
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

  private toStoredEntry(
    target: Selectable,
    policy: EntryPolicy,
    format: string,
    bytes: Buffer,
    loadMs: number,
  ): StoredEntry {
    const { key, type, companyId, username, tags } = target;
    const createdAt = this.clock.now();
    const expiresAt =
      createdAt + Math.max(1, Math.round(policy.ttlMs * (1 - (policy.jitter ?? 0) * this.random())));
    const graceUntil = expiresAt + policy.graceMs;
    return { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format, bytes };
  }
}
