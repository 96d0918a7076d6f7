import { createHash } from 'node:crypto';
import { entryChecksum } from '../../storage/entries/entry-checksum.js';
import type { StoredEntry } from '../../storage/entries/entry.js';
import {
  hasChangedSince,
  isOlder,
  keyOf,
  PERMANENT_KINDS,
  type PermanentKind,
  type PermanentRow,
} from '../../storage/repositories/permanent-rows.repository.js';
import type { Store } from '../store/store.js';

/** Rows, and the sum of what they hold: two stores with the same rows have the same, whatever their order. */
export interface RowSum {
  readonly rows: number;
  /** Hex; each row's SHA-256, all of them XORed. */
  readonly checksum: string;
}

/**
 * What was copied, in both stores. Rows that are newer in the target count in neither, nor do those that the app has
 * changed since the copy began.
 */
export interface CheckedKind {
  readonly from: RowSum;
  readonly to: RowSum;
}

const ROWS_AT_ONCE = 500;

/** Reads both stores after a copy, and compares row by row what should have arrived. */
export class CopyCheck {
  /** @param begunAt when the copy began, in epoch milliseconds. */
  constructor(
    private readonly from: Store,
    private readonly to: Store,
    private readonly begunAt: number,
    private readonly signal: AbortSignal,
  ) {}

  async permanent(): Promise<Record<PermanentKind, CheckedKind>> {
    const checked = PERMANENT_KINDS.map(async (kind) => [kind, await this.kind(kind)] as const);
    return Object.fromEntries(await Promise.all(checked)) as Record<PermanentKind, CheckedKind>;
  }

  /** @param takes which of the entries should have arrived; of those, newer ones in the target count in neither. */
  async entries(takes: (entry: StoredEntry) => boolean): Promise<CheckedKind> {
    const [from, to] = [new Sum(), new Sum()];
    for await (const { entry } of this.from.scan.entries()) {
      this.signal.throwIfAborted();
      if (entry === undefined || !takes(entry)) continue;
      const arrived = (await this.to.scan.find(entry.key))?.entry;
      if (arrived !== undefined && arrived.createdAt > entry.createdAt) continue;
      from.add(asRow(entry));
      if (arrived !== undefined) to.add(asRow(arrived));
    }
    return { from: from.total, to: to.total };
  }

  private async kind(kind: PermanentKind): Promise<CheckedKind> {
    const [from, to] = [new Sum(), new Sum()];
    for await (const page of this.from.rows.pages(kind, ROWS_AT_ONCE)) {
      this.signal.throwIfAborted();
      const arrived = await this.to.rows.find(kind, page);
      for (const row of page) {
        const other = arrived.get(keyOf(kind, row));
        if (isOlder(kind, row, other) || hasChangedSince(kind, row, this.begunAt)) continue;
        from.add(row);
        if (other !== undefined) to.add(other);
      }
    }
    return { from: from.total, to: to.total };
  }
}

/** With its checksum in the place of its bytes, which scanning has held against them. */
function asRow({ bytes, tags, ...head }: StoredEntry): PermanentRow {
  const checksum = entryChecksum({ ...head, tags, bytes }, 0);
  const { companyId, username, ...rest } = head;
  return {
    ...rest,
    owner: JSON.stringify([companyId, username, [...tags].sort()]),
    size: bytes.length,
    checksum,
  };
}

class Sum {
  private rows = 0;
  private readonly bytes = Buffer.alloc(32);

  get total(): RowSum {
    return { rows: this.rows, checksum: this.bytes.toString('hex') };
  }

  add(row: PermanentRow): void {
    this.rows += 1;
    const names = Object.keys(row).sort();
    const digest = createHash('sha256')
      .update(JSON.stringify(names.map((name) => [name, row[name]])))
      .digest();
    for (const [index, byte] of digest.entries()) this.bytes[index]! ^= byte;
  }
}
