import type { PermanentKind, PermanentRow } from '../../storage/repositories/permanent-rows.repository.js';
import type { CommandContext } from '../command.js';
import type { Store } from '../store/store.js';
import { type EntryChoice, EntryImport } from './entry-import.js';
import type { ExportedEntry, ExportRow } from './export-format.js';
import { PermanentImport } from './permanent-import.js';

const ROWS_AT_ONCE = 500;

/** Characters of base64 taken together at the most; a single larger entry is as well. */
const CHARACTERS_AT_ONCE = 8 * 1024 * 1024;

type Batch =
  | { readonly kind: PermanentKind; readonly rows: readonly PermanentRow[] }
  | { readonly kind: 'entry'; readonly rows: readonly ExportedEntry[] };

/** The rows of an export on their way into a store. */
export class StoreImport {
  readonly permanent: PermanentImport;
  readonly entries: EntryImport;

  constructor(
    private readonly store: Store,
    choice: EntryChoice,
    private readonly context: CommandContext,
  ) {
    this.permanent = new PermanentImport(store);
    this.entries = new EntryImport(store, choice, context.clock);
  }

  /** Reads all of it, compares it with the store and counts. */
  async weigh(rows: AsyncIterable<ExportRow>): Promise<void> {
    await this.each(rows, async (batch) => {
      if (batch.kind === 'entry') return this.entries.weigh(batch.rows);
      await this.permanent.weigh(batch.kind, batch.rows);
      await this.noteWatermarks(batch);
    });
  }

  /** Does it. What was done before is the same then, so it may be broken off anywhere and begun anew. */
  async apply(rows: AsyncIterable<ExportRow>): Promise<void> {
    await this.each(rows, async (batch) => {
      if (batch.kind === 'entry') return this.entries.apply(batch.rows);
      await this.permanent.apply(batch.kind, batch.rows);
      await this.noteWatermarks(batch);
    });
  }

  private async each(rows: AsyncIterable<ExportRow>, take: (batch: Batch) => Promise<void>): Promise<void> {
    for await (const batch of inBatches(rows)) {
      this.context.signal.throwIfAborted();
      await take(batch);
    }
  }

  /** Older ones than the store's are not imported: entries are then held against the store's. */
  private async noteWatermarks(batch: Batch): Promise<void> {
    if (batch.kind !== 'watermark') return;
    const present = await this.store.rows.find('watermark', batch.rows);
    for (const row of batch.rows) {
      const stored = present.get(String(row['companyId']));
      const isKept = stored !== undefined && Number(stored['checkedAt']) > Number(row['checkedAt']);
      this.entries.noteWatermark(row, isKept ? stored : row);
    }
  }
}

/** Neighbours of one kind. */
async function* inBatches(rows: AsyncIterable<ExportRow>): AsyncGenerator<Batch> {
  let waiting: ExportRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    const isFull = waiting.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE;
    if (waiting.length > 0 && (isFull || waiting[0]!.kind !== row.kind)) {
      yield toBatch(waiting);
      waiting = [];
      characters = 0;
    }
    waiting.push(row);
    if (row.kind === 'entry') characters += row.row.body.length;
  }
  if (waiting.length > 0) yield toBatch(waiting);
}

function toBatch(rows: readonly ExportRow[]): Batch {
  return { kind: rows[0]!.kind, rows: rows.map(({ row }) => row) } as unknown as Batch;
}
