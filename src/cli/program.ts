import { readFileSync } from 'node:fs';
import { Command as Commander, Option } from 'commander';
import { clear } from './commands/clear.js';
import { copy } from './commands/copy.js';
import { entries } from './commands/entries.js';
import { exportCommand } from './commands/export.js';
import { importCommand } from './commands/import.js';
import { stats } from './commands/stats.js';
import { vacuum } from './commands/vacuum.js';
import { verify } from './commands/verify.js';
import { warmUp } from './commands/warm-up.js';
import type { Command } from './command.js';
import { type Answer, carryOut, type GlobalOptions } from './carry-out.js';
import { DRIVERS } from './store/database-target.js';

/** Where the app keeps its cache unless it is told otherwise: the default of the option `database.path`. */
const DEFAULT_DATABASE = 'data/reports-cache.sqlite';

const EXIT_CODES = `
Exit codes: 0 done, 1 problems were found, 2 the command line is wrong, 3 refused, 4 the store or a file cannot be used,
130 interrupted. More: docs/command-line.md`;

/**
 * The command line, ready to parse.
 * @param answer is told how the command that was asked for ended.
 */
export function buildProgram(answer: (answer: Answer) => void): Commander {
  const program = new Commander('reports-cache')
    .description('Looks at and steers the store of a reports cache, also while its app runs.')
    .version(readVersion())
    .addOption(databaseOption())
    .addOption(new Option('--driver <driver>', 'by default the one that is installed').choices(DRIVERS))
    .option('--schema <name>', 'of PostgreSQL (default: "reports_cache")')
    .option('--busy-timeout <duration>', 'how long to wait for an app that writes', '5s')
    .option('--json', 'print the report as JSON, errors as well')
    .option('--no-progress', 'show no progress bar')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  const add = <Options, Report extends object>(command: Command<Options, Report>): void =>
    register(program, command, answer);
  add(stats);
  add(entries);
  add(clear);
  add(warmUp);
  add(vacuum);
  add(verify);
  add(exportCommand);
  add(importCommand);
  add(copy);
  return program;
}

function register<Options, Report extends object>(
  program: Commander,
  command: Command<Options, Report>,
  answer: (answer: Answer) => void,
): void {
  const subcommand = program.command(command.name).exitOverride();
  subcommand.configureHelp({ showGlobalOptions: true });
  command.describe(subcommand);
  subcommand.action(async () => {
    const options = subcommand.optsWithGlobals<GlobalOptions & Options>();
    answer(await carryOut(command, Object.assign(options, namedArguments(subcommand))));
  });
}

/** What stands on the command line without a flag, by the names that the command gave it. */
function namedArguments({ registeredArguments, processedArgs }: Commander): Record<string, unknown> {
  return Object.fromEntries(
    registeredArguments.map((argument, index) => [argument.name(), processedArgs[index] as unknown]),
  );
}

// From the environment too: the command line of a process can be seen by every user of the machine.
function databaseOption(): Option {
  return new Option('--database <store>', 'the file of the app, or the url of its PostgreSQL')
    .env('REPORTS_CACHE_DATABASE')
    .default(DEFAULT_DATABASE);
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
