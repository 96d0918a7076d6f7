import { Mutex } from 'async-mutex';
import type { Outcome } from '../cache/outcome.js';
import type { Clock } from '../common/clock.js';
import type { DataKeeper } from '../common/data-keeper.js';
import { AskedReports, type AskedReport } from '../http/asked-reports.js';
import { toReplayable } from '../http/replayable-request.js';
import type {
  AskedRow,
  WarmUpRequestRepository,
} from '../storage/repositories/warm-up-request.repository.js';
import { encodeRequest } from './stored-request.js';

/** Requests that the store remembers; beyond it, those asked least go. */
const MAX_REMEMBERED = 10_000;

/** Requests that wait in memory at the most; further ones are not counted until the next flush. */
const MAX_PENDING = 10_000;

/** What was asked of one entry since the last flush. */
interface Pending {
  readonly row: Omit<AskedRow, 'asked' | 'lastAsked' | 'sourceMs'>;
  asked: number;
  sourceMs: number | null;
}

/** Collects in memory what users ask for, and writes it from time to time: no request waits for it. */
export class AskedRequests extends AskedReports implements DataKeeper {
  /** By the key of the entry; `undefined` for one that cannot be asked for again. */
  private pending = new Map<string, Pending | undefined>();
  // Between a flush that fails and puts back what it took, and a purge.
  private readonly flushing = new Mutex();

  /** @param lookBackMs `undefined`: nothing is to be warmed up, and nothing remembered. */
  constructor(
    private readonly requests: WarmUpRequestRepository,
    private readonly clock: Clock,
    private readonly lookBackMs: number | undefined,
  ) {
    super();
  }

  note(asked: AskedReport): void {
    if (this.lookBackMs === undefined) return;
    const { key } = asked.entry;
    const known = this.pending.get(key);
    if (known !== undefined) add(known, 1, sourceMsOf(asked.outcome));
    else if (!this.pending.has(key) && this.pending.size < MAX_PENDING && isKept(asked.outcome))
      this.pending.set(key, toPending(asked));
  }

  /** @throws what the store throws; what was asked is kept for the next flush. */
  async flush(): Promise<void> {
    await this.flushing.runExclusive(async () => {
      const { lookBackMs, pending: batch } = this;
      this.pending = new Map();
      const now = this.clock.now();
      const rows = toRows(batch, now);
      if (lookBackMs === undefined || rows.length === 0) return;
      try {
        await this.requests.remember(rows, { lookBackMs, maxRows: MAX_REMEMBERED }, now);
      } catch (error) {
        this.putBack(batch);
        throw error;
      }
    });
  }

  async forgetCompany(companyId: string): Promise<void> {
    await this.flushing.runExclusive(async () => {
      for (const [key, pending] of this.pending)
        if (pending?.row.companyId === companyId) this.pending.delete(key);
      await this.requests.removeCompany(companyId);
    });
  }

  /** What is remembered is shared by all who may see it, and says of none of them that they asked. */
  async forgetUser(): Promise<void> {}

  private putBack(batch: ReadonlyMap<string, Pending | undefined>): void {
    for (const [key, earlier] of batch) {
      const later = this.pending.get(key);
      if (later !== undefined && earlier !== undefined) add(later, earlier.asked, earlier.sourceMs);
      else if (this.pending.size < MAX_PENDING) this.pending.set(key, earlier);
    }
  }
}

function toPending({ plan, request, entry, outcome }: AskedReport): Pending | undefined {
  const replayable = toReplayable(plan, request, entry);
  if (replayable === undefined) return undefined;
  const { key: cacheKey, type: cacheType, companyId } = entry;
  const row = { cacheKey, cacheType, companyId, request: encodeRequest(replayable) };
  return { row, asked: 1, sourceMs: sourceMsOf(outcome) };
}

function add(pending: Pending, asked: number, sourceMs: number | null): void {
  pending.asked += asked;
  pending.sourceMs = sourceMs ?? pending.sourceMs;
}

function toRows(batch: ReadonlyMap<string, Pending | undefined>, lastAsked: number): AskedRow[] {
  return [...batch.values()].flatMap((pending) =>
    pending === undefined
      ? []
      : [{ ...pending.row, asked: pending.asked, sourceMs: pending.sourceMs, lastAsked }],
  );
}

/** Whoever waited for another's load says nothing new about the source. */
function sourceMsOf(outcome: Outcome<unknown>): number | null {
  return outcome.status === 'miss' && !outcome.collapsed ? outcome.sourceMs : null;
}

/** An answer that is not kept would not be kept in a warm-up either. */
function isKept(outcome: Outcome<unknown>): boolean {
  return outcome.status !== 'miss' || outcome.stored !== undefined;
}
