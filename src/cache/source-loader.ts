import type { Clock } from '../common/clock.js';
import type { EntrySelector, Selectable } from '../common/entry-selector.js';
import { ValueNotCacheableError } from '../common/errors.js';
import { logDetail } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { Telemetry } from '../common/telemetry.js';
import type { EntryHead } from '../storage/entries/entry.js';
import type { Bulkhead } from './bulkhead.js';
import type { EntryPolicy, FetchRequest, Loaded } from './fetch-request.js';
import { FillWriter, type Fill } from './fill-writer.js';
import { Generations, type GenerationNote } from './generations.js';
import { toMemoryEntry, type MemoryEntry } from './memory-entry.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissReasons } from './miss-reasons.js';
import type { MissOutcome, MissReason } from './outcome.js';
import type { Packed, PayloadCodec } from './payload-codec.js';
import type { Peers } from './peers.js';
import { SingleFlight } from './single-flight.js';
import type { PutOutcome, StoreTier } from './store-tier.js';
import type { UnwrittenEntries } from './unwritten-entries.js';

/** What is known when a load begins, for its end. */
interface Beginning {
  /** Marked when this process drops the target meanwhile. */
  readonly note: GenerationNote;
  /** See {@link Peers.known}. */
  readonly knowing: number | undefined;
}

interface TimedLoad<T> {
  readonly loaded: Loaded<T>;
  readonly sourceMs: number;
}

/** Runs sources, one load a key at a time, and fills both tiers with what they bring. */
export class SourceLoader {
  private readonly logger = new ModuleLogger();
  private readonly running = new SingleFlight();
  private readonly generations = new Generations();
  private readonly fills: FillWriter;

  /** @param random in [0, 1), for TTL jitter. */
  constructor(
    private readonly memory: MemoryTier,
    private readonly unwritten: UnwrittenEntries,
    private readonly store: StoreTier,
    private readonly reasons: MissReasons,
    private readonly peers: Peers,
    private readonly bulkhead: Bulkhead,
    private readonly clock: Clock,
    private readonly maxEntryBytes: number,
    private readonly telemetry: Telemetry,
    private readonly random: () => number,
  ) {
    this.fills = new FillWriter(store);
  }

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
    const packed = codec.pack(value);
    if (packed.byteLength > this.maxEntryBytes) {
      throw new ValueNotCacheableError(
        '',
        `takes ${packed.byteLength} bytes, more than maxEntryBytes allows`,
      );
    }
    const head = this.toHead(target, policy, codec.format, 0);
    this.overtake({ key: target.key });
    const note = this.generations.begin(target);
    const outcome = await this.store.replace(target.key, () =>
      this.store.put({ ...head, bytes: packed.toBytes() }),
    );
    if (!note.overtaken) this.memory.put(toMemoryEntry(head, packed.resident));
    note.release();
    return outcome === 'committed';
  }

  /** Loads that run now answer those who wait for them and store nothing; who comes later starts anew. */
  overtake(selector: EntrySelector): void {
    this.generations.advance(selector);
    this.running.forget(selector);
    this.fills.overtake(selector);
    this.unwritten.forget(selector);
  }

  /** Resolves when all that was loaded is queued for the store, which may then be closed. */
  fillsQueued(): Promise<void> {
    return this.fills.queued();
  }

  /** A note that an invalidation of this target will mark. */
  watch(target: Selectable): GenerationNote {
    return this.generations.begin(target);
  }

  /** Runs a load that fills nothing, where none would wait for it; `undefined`: one would. */
  runIfFree<T>(load: () => Promise<T>): Promise<T> | undefined {
    return this.bulkhead.hasRoom ? this.bulkhead.run(load) : undefined;
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
    const begun = { note: this.generations.begin(request.target), knowing: this.peers.known };
    try {
      const { loaded, sourceMs } = await this.bulkhead.run(() => this.observed(request));
      const kept = this.keep(request, loaded, sourceMs, begun, reason);
      return { status: 'miss', reason, collapsed: false, sourceMs, ...kept };
    } finally {
      begun.note.release();
    }
  }

  private observed<T>({ target, load }: FetchRequest<T>): Promise<TimedLoad<T>> {
    return this.telemetry.during('load', target.type, () => this.timed(load), loadOutcome);
  }

  private async timed<T>(load: () => Promise<Loaded<T>>): Promise<TimedLoad<T>> {
    const startedAt = this.clock.elapsed();
    const loaded = await load();
    return { loaded, sourceMs: this.clock.elapsed() - startedAt };
  }

  /** Fills both tiers, unless the value may not or cannot be stored or an invalidation came meanwhile. */
  private keep<T>(
    { target, policy, codec }: FetchRequest<T>,
    loaded: Loaded<T>,
    loadMs: number,
    begun: Beginning,
    reason: MissReason,
  ): Pick<MissOutcome<T>, 'value' | 'stored' | 'shareable'> {
    const packed = loaded.storable ? this.packOrWarn(target.type, loaded.value, codec) : undefined;
    if (packed === undefined) return { value: loaded.value, stored: undefined, shareable: false };
    const value = packed.resident.read();
    if (begun.note.overtaken || packed.byteLength > this.maxEntryBytes)
      return { value, stored: undefined, shareable: true };
    const head = this.toHead(target, policy, codec.format, loadMs);
    const entry = toMemoryEntry(head, packed.resident);
    this.memory.offer(entry);
    this.reasons.filled(target.key);
    // Whoever asks after a forced refresh must not find the fresh row that it makes outdated.
    const isAnew = reason === 'refresh';
    void this.fillStore(entry, { head, packed, knowing: begun.knowing, isAnew });
    return { value, stored: head, shareable: true };
  }

  private async fillStore(entry: MemoryEntry, fill: Fill): Promise<void> {
    const write = (): Promise<PutOutcome> => this.unwritten.during(entry, () => this.fills.write(fill));
    const outcome = await this.telemetry.during('fill', entry.type, write, (put) => put);
    if (outcome === 'overtaken' && this.memory.get(entry.key) === entry)
      this.memory.remove({ key: entry.key });
  }

  private packOrWarn<T>(type: string, value: T, codec: PayloadCodec<T>): Packed<T> | undefined {
    try {
      return codec.pack(value);
    } catch (error) {
      if (!(error instanceof ValueNotCacheableError)) throw error;
      logDetail('%O', error);
      this.logger.warn(
        `A value of type ${JSON.stringify(type)} was answered and not cached: something in it ${error.reason}`,
      );
      return undefined;
    }
  }

  private toHead(target: Selectable, policy: EntryPolicy, format: string, loadMs: number): EntryHead {
    const { key, type, companyId, username, tags } = target;
    const createdAt = this.clock.now();
    const expiresAt =
      createdAt + Math.max(1, Math.round(policy.ttlMs * (1 - (policy.jitter ?? 0) * this.random())));
    const graceUntil = expiresAt + Math.round(policy.graceMs);
    return { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format };
  }
}

function loadOutcome<T>({ loaded }: TimedLoad<T>): string {
  return loaded.storable ? 'storable' : 'unstorable';
}
