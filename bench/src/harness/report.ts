import type { GoalResult, Row, Section } from './section.js';

/** A section as a Markdown table, each row beside the first one. */
export function toMarkdown({ title, unit, rows, goals }: Section): string {
  const noteNames = [...new Set(rows.flatMap((row) => Object.keys(row.notes)))];
  const heads = ['', unit, 'spread', '÷ first', ...noteNames];
  const lines = rows.map((row) => cells(row, rows[0]!, noteNames));
  return [`### ${title}`, '', table(heads, lines), ...goals.map(goalLine), ''].join('\n');
}

function cells(row: Row, first: Row, noteNames: readonly string[]): string[] {
  return [
    row.name,
    figure(row.median),
    `±${Math.round(row.spread * 100)} %`,
    figure(row.median / first.median),
    ...noteNames.map((name) => row.notes[name] ?? ''),
  ];
}

function table(heads: readonly string[], lines: readonly string[][]): string {
  const widths = heads.map((head, column) =>
    Math.max(3, ...[head, ...lines.map((line) => line[column]!)].map((text) => text.length)),
  );
  const align = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  const toLine = (line: readonly string[]): string => `| ${line.map(align).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [toLine(heads), toLine(rule), ...lines.map(toLine), ''].join('\n');
}

function goalLine(goal: GoalResult): string {
  return `- ${goal.met ? 'met' : '**missed**'}: ${goal.text}, is ${ratioOf(goal)}`;
}

/** With its interval, where it has one. */
export function ratioOf({ ratio, interval }: GoalResult): string {
  return interval === undefined ? figure(ratio) : `${figure(ratio)} (${interval.map(figure).join(' to ')})`;
}

/** Three significant digits, thousands apart. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}
