import {
  keyOf,
  PERMANENT_KINDS,
  type PermanentKind,
  type PermanentRow,
} from '../../storage/repositories/permanent-rows.repository.js';
import type { Store } from '../store/store.js';
import { type RowFate, rowFate, tellsOfOtherBooks } from './row-fate.js';

/** Rows by what became of them. */
export type FateCounts = Record<RowFate, number>;

/** Carries rows of the tables that outlive every entry into a store, and counts what becomes of them. */
export class PermanentImport {
  readonly counts = Object.fromEntries(
    PERMANENT_KINDS.map((kind) => [kind, { added: 0, changed: 0, same: 0, newer: 0 }]),
  ) as Record<PermanentKind, FateCounts>;

  constructor(private readonly store: Store) {}

  /** Rows that would have to overwrite what is newer. */
  get newer(): number {
    return PERMANENT_KINDS.reduce((sum, kind) => sum + this.counts[kind].newer, 0);
  }

  /** Counts, and changes nothing. */
  async weigh(kind: PermanentKind, rows: readonly PermanentRow[]): Promise<void> {
    const present = await this.store.rows.find(kind, rows);
    for (const row of rows) this.counts[kind][rowFate(kind, row, present.get(keyOf(kind, row)))] += 1;
  }

  /** Counts and stores. What is newer in the store stays. */
  async apply(kind: PermanentKind, rows: readonly PermanentRow[]): Promise<void> {
    const present = await this.store.rows.find(kind, rows);
    const fates = rows.map((row) => rowFate(kind, row, present.get(keyOf(kind, row))));
    const wanted = rows.filter((_row, index) => fates[index] === 'added' || fates[index] === 'changed');
    if (kind === 'watermark') await this.dropOutdated(wanted, present);
    if (wanted.length > 0) await this.store.rows.store(kind, wanted);
    for (const fate of fates) this.counts[kind][fate] += 1;
  }

  /** Before the watermark is stored: with it, what was made from other books would look up to date. */
  private async dropOutdated(
    watermarks: readonly PermanentRow[],
    present: ReadonlyMap<string, PermanentRow>,
  ): Promise<void> {
    for (const watermark of watermarks) {
      const companyId = keyOf('watermark', watermark);
      if (tellsOfOtherBooks(watermark, present.get(companyId)))
        await this.store.entries.remove({ companyId });
    }
  }
}
