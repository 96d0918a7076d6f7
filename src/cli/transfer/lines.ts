import type { FileHandle } from 'node:fs/promises';

const CHUNK = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file from its beginning, each with its newline but for a last one without. As bytes: `readline` also
 * ends a line at U+2028, which JSON may hold.
 * @throws {RangeError} when a line is longer than `longest` bytes.
 */
export async function* linesOf(file: FileHandle, longest: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(file)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE) + 1; end > 0; end = chunk.indexOf(NEWLINE, start) + 1) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      length = 0;
      start = end;
    }
    pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longest) throw new RangeError('a line is too long');
  }
  if (length > 0) yield Buffer.concat(pieces);
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
