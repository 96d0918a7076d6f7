import bytes from 'bytes';

/** Bytes, or a text such as `'64mb'` or `'1.5gb'` (the formats of the npm package `bytes`; 1 kb is 1,024). */
export type ByteSize = number | string;

/** Whole bytes of a size, or `undefined` when it cannot be read or is less than one: 0 would bound nothing. */
export function parseByteSize(size: unknown): number | undefined {
  const parsed = typeof size === 'string' ? parseText(size) : size;
  return typeof parsed === 'number' && Number.isFinite(parsed) && parsed >= 1
    ? Math.floor(parsed)
    : undefined;
}

/** `bytes` reads what it does not know by `parseInt`, so that '5m' would be 5 bytes. */
function parseText(size: string): number | null {
  return /^\d+(\.\d+)?\s*(b|kb|mb|gb|tb)?$/i.test(size) ? bytes.parse(size) : null;
}
