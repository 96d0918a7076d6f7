import { endianness } from 'node:os';
import { basename } from 'node:path';

/** What a writer did, in the order in which it did it. Files go by their name in their folder. */
export type Step =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  /** Of a file, or of the folder. */
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'unlink'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string };

const HEAD_BYTES = 24;

/** Reads what `record-writes.c` wrote; the layout of a record stands there. */
export function readTrace(bytes: Buffer): Step[] {
  if (endianness() !== 'LE') throw new Error('Traces are read on little-endian machines only');
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length;) {
    const pathEnd = at + HEAD_BYTES + bytes.readInt32LE(at + 4);
    const dataEnd = pathEnd + Number(bytes.readBigInt64LE(at + 16));
    const file = basename(bytes.toString('utf8', at + HEAD_BYTES, pathEnd));
    const offset = Number(bytes.readBigInt64LE(at + 8));
    steps.push(toStep(bytes.readInt32LE(at), file, offset, bytes.subarray(pathEnd, dataEnd)));
    at = dataEnd;
  }
  return steps;
}

function toStep(operation: number, file: string, offset: number, data: Buffer): Step {
  switch (operation) {
    case 1:
      return { kind: 'write', file, offset, data };
    case 2:
      return { kind: 'truncate', file, size: offset };
    case 3:
      return { kind: 'sync', file };
    case 4:
      return { kind: 'unlink', file };
    case 5:
      return { kind: 'rename', file, to: basename(data.toString()) };
    default:
      throw new Error(`Unknown operation ${operation}`);
  }
}
