import { createInterface } from 'node:readline/promises';
import { refusal } from '../exit-codes.js';

/**
 * Asks on stderr, so that stdout holds nothing but the report.
 * @throws {CommandError} refused, where nobody can answer: then the command wants `--yes`.
 */
export async function confirmOnTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw refusal(`${question} There is no terminal to ask: give --yes to go on`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    lines.close();
  }
}
