import { entryChecksum } from '../../storage/entries/entry-checksum.js';
import type { ScannedEntry } from '../../storage/repositories/entry-scan.js';
import { PERMANENT_KINDS } from '../../storage/repositories/permanent-rows.repository.js';
import type { CommandContext } from '../command.js';
import type { Store } from '../store/store.js';
import type { ExportRow } from './export-format.js';

const ROWS_AT_ONCE = 500;

/** A line of an export holds an entry in base64, and a text of Node 512 MiB. */
const LARGEST_ENTRY = 256 * 1024 * 1024;

/** The rows of a store on their way elsewhere: watermarks first, entries last. */
export class StoredRows {
  /** Entries whose checksum did not match; they are left out. */
  damaged = 0;
  /** Entries of more than 256 MiB; they are left out. */
  tooLarge = 0;

  constructor(
    private readonly store: Store,
    private readonly withEntries: boolean,
    private readonly context: CommandContext,
  ) {}

  /** As of now: rows may come and go. */
  async count(): Promise<number> {
    const { rows, list } = this.store;
    const counts = await Promise.all(PERMANENT_KINDS.map((kind) => rows.count(kind)));
    const { entries } = this.withEntries ? await list.sum({}) : { entries: 0 };
    return counts.reduce((sum, count) => sum + count, entries);
  }

  /** @param advance called for each row */
  async *read(advance: () => void): AsyncGenerator<ExportRow> {
    yield* this.readPermanent(advance);
    if (this.withEntries) yield* this.readEntries(advance);
  }

  private async *readPermanent(advance: () => void): AsyncGenerator<ExportRow> {
    for (const kind of PERMANENT_KINDS) {
      for await (const page of this.store.rows.pages(kind, ROWS_AT_ONCE)) {
        this.context.signal.throwIfAborted();
        for (const row of page) {
          yield { kind, row } as unknown as ExportRow;
          advance();
        }
      }
    }
  }

  private async *readEntries(advance: () => void): AsyncGenerator<ExportRow> {
    const now = this.context.clock.now();
    for await (const { entry, hitCount, lastAccessed } of this.store.scan.entries()) {
      this.context.signal.throwIfAborted();
      if (entry === undefined) this.damaged += 1;
      else if (entry.bytes.length > LARGEST_ENTRY) this.tooLarge += 1;
      else if (now < entry.graceUntil) yield toRow(entry, { hitCount, lastAccessed });
      advance();
    }
  }
}

function toRow(
  entry: NonNullable<ScannedEntry['entry']>,
  hits: Pick<ScannedEntry, 'hitCount' | 'lastAccessed'>,
): ExportRow {
  const { bytes, tags, ...head } = entry;
  const checksum = entryChecksum(entry, 0);
  return {
    kind: 'entry',
    row: { ...head, ...hits, tags: [...tags], checksum, body: bytes.toString('base64') },
  };
}
