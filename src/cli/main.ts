#!/usr/bin/env node
import 'reflect-metadata';
import { CommanderError } from 'commander';
import { messageOf } from '../common/message-of.js';
import { printable } from '../common/one-line.js';
import type { Answer } from './carry-out.js';
import { CommandError, ExitCode } from './exit-codes.js';
import { buildProgram } from './program.js';

// Whoever reads has read enough, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? process.exitCode : ExitCode.unavailable);
});

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    let answer: Answer | undefined;
    await buildProgram((given) => (answer = given)).parseAsync(argv);
    if (answer === undefined) return ExitCode.ok;
    process.stdout.write(`${answer.text}\n`);
    return answer.exitCode;
  } catch (error) {
    return tell(error, argv.includes('--json'));
  }
}

/** Errors go to stderr, so that stdout holds a report or nothing. */
function tell(error: unknown, asJson: boolean): ExitCode {
  const exitCode = exitCodeOf(error);
  // Commander has printed what it has to say, help included.
  if (error instanceof CommanderError) return exitCode;
  const message = isAbort(error) ? 'Interrupted' : messageOf(error);
  const line = asJson
    ? JSON.stringify({ error: { exitCode, message } })
    : `reports-cache: ${printable(message)}`;
  process.stderr.write(`${line}\n`);
  return exitCode;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (isAbort(error)) return ExitCode.interrupted;
  return ExitCode.unavailable;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
