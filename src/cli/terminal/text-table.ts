import { oneLine } from '../../common/one-line.js';

const GAP = '  ';

/**
 * Rows in columns of equal width, below a head; the first column to the left, numbers to the right. Cells are names out
 * of the store: nothing in them reaches the terminal as a command.
 */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => oneLine(shown(cell))));
  const widths = head.map((_name, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const isNumeric = head.map((_name, column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => aligned(cell, widths[column]!, isNumeric[column]!)).join(GAP);
  return cells.map((row) => line(row).trimEnd()).join('\n');
}

/** Names and what they stand for, one a line. */
export function textList(facts: readonly (readonly [string, string | number])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, fact]) => `${name.padEnd(width)}${GAP}${oneLine(shown(fact))}`).join('\n');
}

function aligned(cell: string, width: number, toTheRight: boolean): string {
  return toTheRight ? cell.padStart(width) : cell.padEnd(width);
}

function shown(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
