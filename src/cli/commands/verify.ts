import type { Command, CommandContext } from '../command.js';
import { ExitCode } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import { textTable } from '../terminal/text-table.js';
import { counted } from '../terminal/units.js';
import type { Check, CheckTools, Finding } from '../verify/check.js';
import { bookkeepingCheck, entriesCheck, fileCheck, isIndexFault, schemaCheck } from '../verify/checks.js';

interface VerifyOptions {
  readonly repair?: boolean;
}

export interface Problem extends Finding {
  readonly check: string;
  readonly repaired: boolean;
}

export interface VerifyReport {
  /** Entries that were there. */
  readonly entries: number;
  /** `false`: the file is damaged so that its rows cannot be believed, and they were not looked at. */
  readonly complete: boolean;
  /** Problems that were found, and how many of them are still there. */
  readonly found: number;
  readonly left: number;
  /** The first thousand. */
  readonly problems: readonly Problem[];
}

const MOST_TOLD = 1_000;

export const verify: Command<VerifyOptions, VerifyReport> = {
  name: 'verify',
  writes: ({ repair }) => repair === true,
  describe(command) {
    command
      .description(
        'Checks the file, its schema, the checksum of every entry, and the totals. Reads all of it.',
      )
      .option('--repair', 'remove damaged entries, and mend what can be mended without losing anything');
  },
  run,
  reportDamage: (fault) => {
    const problem = { check: 'file', problem: 'the file is damaged', subject: fault, repaired: false };
    return { entries: 0, complete: false, found: 1, left: 1, problems: [problem] };
  },
  render,
  exitCode: ({ left }) => (left > 0 ? ExitCode.problems : ExitCode.ok),
};

async function run(store: Store, { repair }: VerifyOptions, context: CommandContext): Promise<VerifyReport> {
  const { totalEntries } = await store.entries.counts(context.clock.now());
  return context.progress.during('verify', totalEntries, async (bar) => {
    const tools = { signal: context.signal, bar };
    const problems: Problem[] = [];
    for (const check of checksOf(store)) {
      problems.push(...(await carryOut(check, store, repair === true, tools)));
      if (!problems.every(isRowsSafe)) return toReport(totalEntries, false, problems);
    }
    return toReport(totalEntries, true, problems);
  });
}

/** A server checks its own files, and keeps its schema and totals by means of its own. */
function checksOf({ inspection }: Store): Check[] {
  if (inspection === undefined) return [entriesCheck];
  return [fileCheck(inspection), schemaCheck(inspection), entriesCheck, bookkeepingCheck(inspection)];
}

/** Behind a fault of the file that is not just of an index, no row can be believed. */
function isRowsSafe(problem: Problem): boolean {
  return problem.check !== 'file' || problem.repaired || isIndexFault(problem);
}

async function carryOut(check: Check, store: Store, repair: boolean, tools: CheckTools): Promise<Problem[]> {
  tools.signal.throwIfAborted();
  const findings = await check.find(store, tools);
  const left = repair && findings.length > 0 ? await check.repair(store, findings) : findings;
  const isLeft = (finding: Finding): boolean => left.some((other) => isSame(finding, other));
  return findings.map((finding) => ({ ...finding, check: check.name, repaired: !isLeft(finding) }));
}

function isSame(one: Finding, other: Finding): boolean {
  return one.problem === other.problem && one.subject === other.subject;
}

function toReport(entries: number, complete: boolean, problems: readonly Problem[]): VerifyReport {
  const left = problems.filter(({ repaired }) => !repaired).length;
  return { entries, complete, found: problems.length, left, problems: problems.slice(0, MOST_TOLD) };
}

function render({ entries, complete, found, left, problems }: VerifyReport): string {
  const checked = complete
    ? `Checked ${counted(entries, 'entry', 'entries')}: `
    : 'The file is damaged, and its rows were not checked: ';
  const summary = `${checked}${counted(found, 'problem', 'problems')}, ${left} left.`;
  if (found === 0) return summary;
  const rows = problems.map(({ check, problem, subject, rows: count, repaired }) => [
    check,
    count === undefined ? problem : `${problem} (${count})`,
    subject,
    repaired ? 'repaired' : '',
  ]);
  return `${textTable(['check', 'problem', 'where', ''], rows)}\n\n${summary}${complete ? '' : ` ${ADVICE}`}`;
}

const ADVICE =
  'An app that meets the fault sets the file aside and begins a new one. `sqlite3 <file> .recover` reads what is left.';
