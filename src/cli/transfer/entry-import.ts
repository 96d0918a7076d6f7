import type { Clock } from '../../common/clock.js';
import { entryChecksum } from '../../storage/entries/entry-checksum.js';
import type { StoredEntry } from '../../storage/entries/entry.js';
import type { PermanentRow } from '../../storage/repositories/permanent-rows.repository.js';
import type { Store } from '../store/store.js';
import type { ExportedEntry } from './export-format.js';
import { tellsOfOtherBooks } from './row-fate.js';

/**
 * Which entries are taken over. `'watched'`: those whose company has a watermark, the same in export and store, so that
 * the app finds out when it asks the books whether they still hold. `'all'` trusts the caller that no books have changed.
 */
export type EntryChoice = 'none' | 'watched' | 'all';

/** What became of entries. `newer`: the store has one that was stored later, or at the same time. */
export const ENTRY_FATES = ['added', 'newer', 'expired', 'unwatched', 'damaged', 'left out'] as const;
export type EntryFate = (typeof ENTRY_FATES)[number];

/** Carries entries into a store that no app has open, and counts what becomes of them. */
export class EntryImport {
  readonly counts = Object.fromEntries(ENTRY_FATES.map((fate) => [fate, 0])) as Record<EntryFate, number>;
  private readonly watermarks = new Map<string, PermanentRow>();

  constructor(
    private readonly store: Store,
    private readonly choice: EntryChoice,
    private readonly clock: Clock,
  ) {}

  /** The watermarks of the export, which come before its entries. @param stored what the store has or will have instead. */
  noteWatermark(exported: PermanentRow, stored: PermanentRow): void {
    if (!tellsOfOtherBooks(exported, stored)) this.watermarks.set(String(exported['companyId']), exported);
  }

  /** Counts, and changes nothing. */
  async weigh(rows: readonly ExportedEntry[]): Promise<void> {
    for (const fate of await this.fates(rows)) this.counts[fate] += 1;
  }

  /** Counts and stores, hit counts included. */
  async apply(rows: readonly ExportedEntry[]): Promise<void> {
    const fates = await this.fates(rows);
    const wanted = rows.filter((_row, index) => fates[index] === 'added');
    await Promise.all(wanted.map((row) => this.store.entries.put(toEntry(row))));
    await this.store.entries.recordHits(
      wanted.map(({ key, hitCount, lastAccessed }) => ({ key, hits: hitCount, lastAccessed })),
    );
    for (const fate of fates) this.counts[fate] += 1;
  }

  /** Whether such an entry belongs into the store by now. */
  takes(entry: Pick<StoredEntry, 'companyId' | 'graceUntil'>): boolean {
    if (this.choice === 'none' || this.clock.now() >= entry.graceUntil) return false;
    return this.choice === 'all' || this.isWatched(entry);
  }

  private async fates(rows: readonly ExportedEntry[]): Promise<EntryFate[]> {
    if (this.choice === 'none') return rows.map(() => 'left out');
    const storedAt = await this.store.list.storedAt(rows.map(({ key }) => key));
    return rows.map((row) => this.fateOf(row, storedAt.get(row.key)));
  }

  private fateOf(row: ExportedEntry, storedAt: number | undefined): EntryFate {
    if (this.clock.now() >= row.graceUntil) return 'expired';
    if (!this.takes(row)) return 'unwatched';
    if (storedAt !== undefined && storedAt >= row.createdAt) return 'newer';
    return entryChecksum(toEntry(row), 0) === row.checksum ? 'added' : 'damaged';
  }

  private isWatched({ companyId }: Pick<StoredEntry, 'companyId'>): boolean {
    return companyId !== null && this.watermarks.has(companyId);
  }
}

function toEntry(row: ExportedEntry): StoredEntry {
  const { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format, body } =
    row;
  const bytes = Buffer.from(body, 'base64');
  return { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format, bytes };
}
