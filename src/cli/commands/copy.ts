import { Option } from 'commander';
import { PERMANENT_KINDS, type PermanentKind } from '../../storage/repositories/permanent-rows.repository.js';
import type { Command, CommandContext } from '../command.js';
import { ExitCode, refusal } from '../exit-codes.js';
import { readTarget, type TargetOptions } from '../store/database-target.js';
import { beginStore } from '../store/open-store.js';
import { refuseLive, whilePresent } from '../store/presence.js';
import type { Store } from '../store/store.js';
import { textTable } from '../terminal/text-table.js';
import { type CheckedKind, CopyCheck } from '../transfer/copy-check.js';
import { ENTRY_FATES, type EntryChoice, type EntryFate } from '../transfer/entry-import.js';
import type { FateCounts } from '../transfer/permanent-import.js';
import { StoreImport } from '../transfer/store-import.js';
import { StoredRows } from '../transfer/stored-rows.js';

interface CopyOptions extends TargetOptions {
  readonly to: string;
  readonly entries: EntryChoice;
}

export interface CopyReport {
  readonly from: string;
  readonly to: string;
  readonly rows: Readonly<Record<PermanentKind, FateCounts>>;
  readonly entries: Readonly<Record<EntryFate, number>>;
  /** Both stores read again. */
  readonly checked: Readonly<Record<PermanentKind, CheckedKind>> & { readonly entry?: CheckedKind };
  /** Tables in which the two differ. */
  readonly different: readonly string[];
  /** Whether counts and checksums are the same, and no entry was damaged. */
  readonly ok: boolean;
}

export const copy: Command<CopyOptions, CopyReport> = {
  name: 'copy',
  writes: () => false,
  describe(command) {
    command
      .description(
        'Copies mappings, user switches, settings, benchmarks and watermarks into another store, such as from a file ' +
          'to PostgreSQL, and checks what arrived. Interrupted, it is simply run again.',
      )
      .requiredOption('--to <store>', 'the other store; begun where there is none')
      .addOption(
        new Option('--entries <which>', 'stored answers as well: those that a watermark guards, or all')
          .choices(['none', 'watched', 'all'])
          .default('none'),
      );
  },
  check: (options) => void targetOf(options),
  run,
  render,
  exitCode: ({ ok }) => (ok ? ExitCode.ok : ExitCode.problems),
};

async function run(from: Store, options: CopyOptions, context: CommandContext): Promise<CopyReport> {
  const to = await beginStore(targetOf(options), context.clock);
  try {
    if (to.database.place === from.database.place) throw refusal('--to is the store that is copied from');
    return await whilePresent(to, () => copyInto(from, to, options.entries, context));
  } finally {
    await to.close();
  }
}

function targetOf({ to: database, driver, schema, busyTimeout }: CopyOptions) {
  return readTarget({ database, driver, schema, busyTimeout });
}

async function copyInto(
  from: Store,
  to: Store,
  choice: EntryChoice,
  context: CommandContext,
): Promise<CopyReport> {
  if (choice !== 'none') await Promise.all([refuseLive(from), refuseLive(to)]);
  const begunAt = context.clock.now();
  const stored = new StoredRows(from, choice !== 'none', context);
  const imported = new StoreImport(to, choice, context);
  await context.progress.during('copy', await stored.count(), (bar) =>
    imported.apply(stored.read(() => bar.advance())),
  );
  const { permanent, entries } = imported;
  const check = new CopyCheck(from, to, begunAt, context.signal);
  const checked = {
    ...(await check.permanent()),
    ...(choice !== 'none' && { entry: await check.entries((entry) => entries.takes(entry)) }),
  };
  const different = differencesOf(checked);
  return {
    from: from.database.place,
    to: to.database.place,
    rows: permanent.counts,
    entries: { ...entries.counts, damaged: entries.counts.damaged + stored.damaged },
    checked,
    different,
    ok: stored.damaged + entries.counts.damaged === 0 && different.length === 0,
  };
}

const TABLES: Readonly<Record<keyof CopyReport['checked'], string>> = {
  watermark: 'cache_watermarks',
  mapping: 'schema_mappings',
  setting: 'user_cache_settings',
  config: 'cache_config',
  benchmark: 'query_benchmarks',
  entry: 'cache_entries',
};

function differencesOf(checked: CopyReport['checked']): string[] {
  const kinds = [...PERMANENT_KINDS, 'entry' as const];
  return kinds
    .filter((kind) => checked[kind] !== undefined && !isSame(checked[kind]))
    .map((kind) => TABLES[kind]);
}

function isSame({ from, to }: CheckedKind): boolean {
  return from.rows === to.rows && from.checksum === to.checksum;
}

function render({ from, to, rows, entries, checked, different, ok }: CopyReport): string {
  const table = textTable(
    ['rows', 'added', 'changed', 'same', 'newer there', 'checked'],
    PERMANENT_KINDS.map((kind) => {
      const { added, changed, same, newer } = rows[kind];
      return [kind, added, changed, same, newer, isSame(checked[kind]) ? 'the same' : 'different'];
    }),
  );
  const fates = ENTRY_FATES.filter((fate) => entries[fate] > 0).map((fate) => `${entries[fate]} ${fate}`);
  return [
    `Copied ${from} to ${to}${ok ? '.' : ', and not all of it arrived: run it again.'}`,
    table,
    ...(fates.length > 0 ? [`entries: ${fates.join(', ')}`] : []),
    ...(checked.entry ? [`entries checked: ${isSame(checked.entry) ? 'the same' : 'different'}`] : []),
    ...(different.length > 0 ? [`different: ${different.join(', ')}`] : []),
  ].join('\n');
}
