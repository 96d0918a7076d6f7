import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type CommandError, refusal } from '../exit-codes.js';
import {
  EXPORT_KINDS,
  EXPORT_VERSION,
  type ExportRow,
  type ExportTrailer,
  noRows,
  readHeader,
  readRow,
  readTrailer,
  type RowCounts,
} from './export-format.js';
import { linesOf } from './lines.js';

/** The longest text that Node can hold, less a bit. */
const LONGEST_LINE = 500 * 1024 * 1024;

/** Reads an export from its beginning, as often as it is asked to, and trusts no line of it. */
export class ExportReader {
  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
  ) {}

  /**
   * Every row. Whether the file is whole is known at the end only: read it once before anything is done with it.
   * @param advance told the bytes of each line.
   * @throws {CommandError} refused, when it is no export, of an unknown version, cut off or changed.
   */
  async *rows(advance: (bytes: number) => void = () => {}): AsyncGenerator<ExportRow> {
    const hash = createHash('sha256');
    const counts = noRows();
    let number = 0;
    let trailer: ExportTrailer | undefined;
    for await (const line of this.lines()) {
      number += 1;
      if (trailer !== undefined) throw this.fault(number, 'stands behind the end of the export');
      const value = parse(line);
      advance(line.length);
      trailer = readTrailer(value);
      if (trailer !== undefined) continue;
      hash.update(line);
      if (number === 1) {
        this.checkHeader(value);
      } else {
        const row = this.readRow(number, value);
        counts[row.kind] += 1;
        yield row;
      }
    }
    this.checkTrailer(trailer, counts, hash.digest('hex'));
  }

  private async *lines(): AsyncGenerator<Buffer> {
    try {
      yield* linesOf(this.file, LONGEST_LINE);
    } catch (error) {
      if (error instanceof RangeError)
        throw refusal(`${this.path} is no export of this tool: ${error.message}`);
      throw error;
    }
  }

  private checkHeader(value: unknown): void {
    const header = readHeader(value);
    if (header === undefined) throw refusal(`${this.path} is no export of this tool`);
    if (header.version !== EXPORT_VERSION)
      throw refusal(
        `${this.path} is of version ${header.version}; this one reads ${EXPORT_VERSION}: use a newer one`,
      );
  }

  private readRow(number: number, value: unknown): ExportRow {
    const row = readRow(value);
    if (row === undefined) throw this.fault(number, 'is no row of an export');
    return row;
  }

  private checkTrailer(trailer: ExportTrailer | undefined, counts: RowCounts, sha256: string): void {
    if (trailer === undefined)
      throw refusal(`${this.path} is cut off: its last line is missing. Export it again`);
    const isWhole =
      trailer.sha256 === sha256 && EXPORT_KINDS.every((kind) => trailer.rows[kind] === counts[kind]);
    if (!isWhole) throw refusal(`${this.path} was changed after it was written: its checksum does not match`);
  }

  private fault(number: number, what: string): CommandError {
    return refusal(`${this.path}: line ${number} ${what}`);
  }
}

/** `undefined` for what is no JSON. */
function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}
