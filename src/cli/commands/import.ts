import { type FileHandle, open } from 'node:fs/promises';
import { Option } from 'commander';
import { messageOf } from '../../common/message-of.js';
import { PERMANENT_KINDS, type PermanentKind } from '../../storage/repositories/permanent-rows.repository.js';
import type { Command, CommandContext } from '../command.js';
import { ExitCode, refusal, unavailable } from '../exit-codes.js';
import { refuseLive } from '../store/presence.js';
import type { Store } from '../store/store.js';
import { textTable } from '../terminal/text-table.js';
import { counted } from '../terminal/units.js';
import { ENTRY_FATES, type EntryChoice, type EntryFate } from '../transfer/entry-import.js';
import { ExportReader } from '../transfer/export-reader.js';
import { type FateCounts } from '../transfer/permanent-import.js';
import { ROW_FATES } from '../transfer/row-fate.js';
import { StoreImport } from '../transfer/store-import.js';

interface ImportOptions {
  readonly entries: EntryChoice;
  readonly keepNewer?: boolean;
  readonly dryRun?: boolean;
}

export interface ImportReport {
  readonly file: string;
  /** Nothing was changed; the counts say what would be. */
  readonly dryRun: boolean;
  readonly rows: Readonly<Record<PermanentKind, FateCounts>>;
  readonly entries: Readonly<Record<EntryFate, number>>;
}

export const importCommand: Command<ImportOptions & { file: string }, ImportReport> = {
  name: 'import',
  writes: ({ dryRun }) => dryRun !== true,
  describe(command) {
    command
      .description('Takes over what export has written. Interrupted, it is simply run again.')
      .argument('<file>', 'the export')
      .addOption(
        new Option('--entries <which>', 'stored answers as well: those that a watermark guards, or all')
          .choices(['none', 'watched', 'all'])
          .default('none'),
      )
      .option('--keep-newer', 'leave rows alone that have changed since they were exported')
      .option('--dry-run', 'say what would be done');
  },
  run,
  render,
  exitCode: ({ entries }) => (entries.damaged > 0 ? ExitCode.problems : ExitCode.ok),
};

async function run(
  store: Store,
  options: ImportOptions & { file: string },
  context: CommandContext,
): Promise<ImportReport> {
  if (options.entries !== 'none') await refuseLive(store);
  const file = await openExport(options.file);
  try {
    const { size } = await file.stat();
    return await context.progress.during('import', 2 * size, async (bar) => {
      const rows = () => new ExportReader(file, options.file).rows((bytes) => bar.advance(bytes));
      const weighed = new StoreImport(store, options.entries, context);
      await weighed.weigh(rows());
      if (options.dryRun === true) return toReport(options, weighed);
      refuseNewer(weighed, options);
      const applied = new StoreImport(store, options.entries, context);
      await applied.apply(rows());
      return toReport(options, applied);
    });
  } finally {
    await file.close();
  }
}

function refuseNewer(
  { permanent }: StoreImport,
  { keepNewer, file }: { keepNewer?: boolean; file: string },
): void {
  if (permanent.newer === 0 || keepNewer === true) return;
  throw refusal(
    `${counted(permanent.newer, 'row', 'rows')} of the store changed after ${file} was written: give --keep-newer to ` +
      'leave them as they are and import the others (--dry-run tells which kinds)',
  );
}

async function openExport(path: string): Promise<FileHandle> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unavailable(`${path} cannot be read: ${messageOf(error)}`, error);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw refusal(`${path} is no file: name one that export has written`);
}

function toReport(
  { file, dryRun }: { file: string; dryRun?: boolean },
  { permanent, entries }: StoreImport,
): ImportReport {
  return { file, dryRun: dryRun === true, rows: permanent.counts, entries: entries.counts };
}

function render({ file, dryRun, rows, entries }: ImportReport): string {
  const table = textTable(
    ['rows', ...ROW_FATES],
    PERMANENT_KINDS.map((kind) => [kind, ...ROW_FATES.map((fate) => rows[kind][fate])]),
  );
  const fates = ENTRY_FATES.filter((fate) => entries[fate] > 0).map((fate) => `${entries[fate]} ${fate}`);
  const title = dryRun ? `${file} would be imported so:` : `Imported ${file}.`;
  return [title, table, ...(fates.length > 0 ? [`entries: ${fates.join(', ')}`] : [])].join('\n');
}
