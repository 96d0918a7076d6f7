import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportRow, noRows, type RowCounts } from './export-format.js';

/** Lines held back before they are written, in characters. */
const CHUNK = 1024 * 1024;

/** Writes an export: a header, a line of JSON for each row, and a trailer by which it can be told whole. */
export class ExportWriter {
  private readonly hash = createHash('sha256');
  private readonly written = noRows();
  private waiting = '';

  constructor(private readonly file: FileHandle) {}

  get rows(): RowCounts {
    return this.written;
  }

  /** @param now epoch milliseconds */
  begin(now: number): Promise<void> {
    return this.line({
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      exportedAt: new Date(now).toISOString(),
    });
  }

  async row(row: ExportRow): Promise<void> {
    this.written[row.kind] += 1;
    await this.line(row);
  }

  /** @returns the checksum. */
  async end(): Promise<string> {
    await this.flush();
    const sha256 = this.hash.digest('hex');
    await this.file.appendFile(`${JSON.stringify({ end: true, rows: this.written, sha256 })}\n`);
    return sha256;
  }

  private async line(value: object): Promise<void> {
    this.waiting += `${JSON.stringify(value)}\n`;
    if (this.waiting.length >= CHUNK) await this.flush();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.from(this.waiting);
    this.waiting = '';
    this.hash.update(bytes);
    await this.file.appendFile(bytes);
  }
}
