import type { Clock } from '../common/clock.js';
import type { EntrySelector } from '../common/entry-selector.js';
import type { StoredEntry } from '../storage/entries/entry.js';
import { isFresh, isInGrace } from './freshness.js';
import { Generations } from './generations.js';
import type { HitCounter } from './hit-counter.js';
import { toMemoryEntry, type MemoryEntry } from './memory-entry.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissReason, StoredOutcome } from './outcome.js';
import type { MissReasons } from './miss-reasons.js';
import type { PayloadCodec, Resident } from './payload-codec.js';
import type { Peers } from './peers.js';
import type { StoreTier } from './store-tier.js';
import type { UnwrittenEntries } from './unwritten-entries.js';

/** Nothing fresh was found. */
export interface Absent {
  readonly status: 'absent';
  readonly reason: MissReason;
  /** An entry past its TTL and within its grace. */
  readonly expired?: MemoryEntry;
}

/** A fresh answer, and the entry it came from. */
export interface Found<T> {
  readonly outcome: StoredOutcome<T>;
  readonly entry: MemoryEntry;
}

/**
 * Looks entries up in memory and store, and brings what the store has into memory. While the other processes are out of
 * sight, memory answers nobody; it stays, for what they dropped meanwhile goes when they are seen again.
 */
export class TierReader {
  private readonly storeReads = new Generations();

  constructor(
    private readonly memory: MemoryTier,
    private readonly unwritten: UnwrittenEntries,
    private readonly store: StoreTier,
    private readonly peers: Pick<Peers, 'inSight'>,
    private readonly reasons: MissReasons,
    private readonly hits: HitCounter,
    private readonly clock: Clock,
  ) {}

  /** The fresh entry in memory, without waiting for anything. */
  inMemory<T>(key: string, codec: PayloadCodec<T>): Found<T> | undefined {
    const entry = this.fresh(key, codec, this.clock.now());
    return entry && { entry, outcome: this.answer<T>(entry, 'hit') };
  }

  /** As {@link inMemory}, for whoever wants the value alone: the shortest way to it. */
  peek<T>(key: string, codec: PayloadCodec<T>): { read(): T } | undefined {
    const now = this.clock.now();
    const entry = this.fresh(key, codec, now);
    if (entry === undefined) return undefined;
    this.hits.count(entry, now);
    return entry.resident as Resident<T>;
  }

  /** The entry in the store; a fresh one is put into memory, unless an invalidation overtook the reading. */
  async inStore<T>(key: string, codec: PayloadCodec<T>): Promise<Found<T> | Absent> {
    const unwritten = this.unwritten.find(key);
    if (unwritten !== undefined && this.mayAnswer(unwritten, codec, this.clock.now())) {
      this.memory.promote(unwritten);
      return { entry: unwritten, outcome: this.answer<T>(unwritten, 'hit') };
    }
    const note = this.storeReads.begin({ key });
    try {
      const row = await this.store.find(key);
      if (row === 'damaged') return absent('damaged');
      if (row === 'absent' || row.format !== codec.format || note.overtaken)
        return this.expiredInMemory(key, codec);
      return this.takeOver(row, codec);
    } finally {
      note.release();
    }
  }

  /** What reads the store now may answer its own callers and is not put into memory. */
  overtake(selector: EntrySelector): void {
    this.storeReads.advance(selector);
  }

  /** Answers with an entry and counts the hit. */
  answer<T>(entry: MemoryEntry, status: StoredOutcome<T>['status']): StoredOutcome<T> {
    const value = entry.resident.read() as T;
    this.hits.count(entry, this.clock.now());
    return { status, value, createdAt: entry.createdAt, expiresAt: entry.expiresAt };
  }

  private fresh<T>(key: string, codec: PayloadCodec<T>, now: number): MemoryEntry | undefined {
    const entry = this.memory.get(key);
    return entry !== undefined && this.mayAnswer(entry, codec, now) ? entry : undefined;
  }

  private mayAnswer<T>(entry: MemoryEntry, codec: PayloadCodec<T>, now: number): boolean {
    return entry.format === codec.format && isFresh(entry, now) && this.peers.inSight;
  }

  private takeOver<T>(row: StoredEntry, codec: PayloadCodec<T>): Found<T> | Absent {
    try {
      const { bytes, ...head } = row;
      const entry = toMemoryEntry(head, codec.open(bytes));
      if (!isFresh(entry, this.clock.now())) return this.expired(entry);
      const outcome = this.answer<T>(entry, 'hit');
      this.memory.promote(entry);
      return { entry, outcome };
    } catch {
      // The checksum held and the codec cannot read it: as good as damaged, and the next fill overwrites it.
      return absent('damaged');
    }
  }

  private expired(entry: MemoryEntry): Absent {
    if (isInGrace(entry, this.clock.now())) {
      // Decoded here, where a failure is a miss, and not when the source has failed, where it would hide that error.
      entry.resident.read();
      return absent('ttl', entry);
    }
    this.store.removeExpired(entry.key);
    return absent('ttl');
  }

  private expiredInMemory<T>(key: string, codec: PayloadCodec<T>): Absent {
    const entry = this.memory.get(key);
    if (entry === undefined || entry.format !== codec.format) return absent(this.reasons.of(key));
    const mayCover = isInGrace(entry, this.clock.now()) && this.peers.inSight;
    return mayCover ? absent('ttl', entry) : absent('ttl');
  }
}

function absent(reason: MissReason, expired?: MemoryEntry): Absent {
  return { status: 'absent', reason, expired };
}
