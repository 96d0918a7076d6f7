/** The statement sizes that are prepared: few enough to keep, large enough to matter. Descending, ends with 1. */
const CHUNK_SIZES = [64, 16, 4, 1];

/** Cuts items into chunks of a few fixed sizes, so that multi-row statements of those sizes can stay prepared. */
export function inChunks<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  let start = 0;
  for (const size of CHUNK_SIZES) {
    for (; items.length - start >= size; start += size) chunks.push(items.slice(start, start + size));
  }
  return chunks;
}

/** `(?, ?), (?, ?)`: one group of `columns` for each of `rows`. */
export function placeholders(columns: number, rows: number): string {
  const group = `(${Array(columns).fill('?').join(', ')})`;
  return Array(rows).fill(group).join(', ');
}
