import { appendFileSync } from 'node:fs';
import { FORM } from './form.js';

/** A figure that a harness reached, for the table in docs/reliability.md. */
export type Figure = string | number;

/**
 * Prints what a harness reached and, where `RELIABILITY_FIGURES` names a file, appends it there as a line of JSON.
 * @param promise the number of the promise in docs/reliability.md, with a word for the harness: `1 kill`.
 */
export function reportFigures(promise: string, figures: Readonly<Record<string, Figure>>): void {
  const text = Object.entries(figures)
    .map(([name, figure]) => `${name} ${typeof figure === 'number' ? round(figure) : figure}`)
    .join(', ');
  process.stdout.write(`[reliability ${promise}, ${FORM}] ${text}\n`);
  const path = process.env['RELIABILITY_FIGURES'];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ promise, form: FORM, figures })}\n`);
}

function round(figure: number): string {
  return Number.isInteger(figure) ? figure.toLocaleString('en-US') : figure.toPrecision(3);
}
