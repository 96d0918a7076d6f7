import type { Command, CommandContext } from '../command.js';
import { ExitCode, refusal } from '../exit-codes.js';
import { isFileOfStore } from '../store/store-files.js';
import type { Store } from '../store/store.js';
import { counted } from '../terminal/units.js';
import { EXPORT_KINDS, type RowCounts } from '../transfer/export-format.js';
import { ExportWriter } from '../transfer/export-writer.js';
import { writeOwnerOnlyFile } from '../transfer/owner-only-file.js';
import { StoredRows } from '../transfer/stored-rows.js';

interface ExportOptions {
  readonly output: string;
  readonly entries?: boolean;
  readonly force?: boolean;
}

export interface ExportReport {
  readonly output: string;
  readonly rows: RowCounts;
  /** Entries whose checksum did not match; they were left out. */
  readonly damaged: number;
  /** Entries too large for a line of the file; they were left out. */
  readonly tooLarge: number;
  /** Of the file, but for its last line; hex. */
  readonly sha256: string;
}

export const exportCommand: Command<ExportOptions, ExportReport> = {
  name: 'export',
  writes: () => false,
  describe(command) {
    command
      .description(
        'Writes mappings, user switches, settings, benchmarks and watermarks into a file of JSON lines, for its owner alone.',
      )
      .requiredOption('--output <file>', 'where to')
      .option('--entries', 'stored answers as well; encrypted ones stay encrypted')
      .option('--force', 'replace the file if it is there');
  },
  run,
  render: ({ output, rows, damaged, tooLarge }) =>
    [
      `Wrote ${EXPORT_KINDS.map((kind) => `${rows[kind]} ${kind}`).join(', ')} to ${output}.`,
      ...(damaged > 0
        ? [`Left out ${counted(damaged, 'damaged entry', 'damaged entries')}: see verify.`]
        : []),
      ...(tooLarge > 0 ? [`Left out ${counted(tooLarge, 'entry', 'entries')} of more than 256 MiB.`] : []),
    ].join('\n'),
  exitCode: ({ damaged, tooLarge }) => (damaged + tooLarge > 0 ? ExitCode.problems : ExitCode.ok),
};

async function run(store: Store, options: ExportOptions, context: CommandContext): Promise<ExportReport> {
  // With --force too: the app would go on writing into a file that has no name any more.
  if (await isFileOfStore(options.output, store.options))
    throw refusal(`--output ${options.output} belongs to the store that is exported: name another file`);
  const stored = new StoredRows(store, options.entries === true, context);
  const total = await stored.count();
  let written: Pick<ExportReport, 'rows' | 'sha256'> | undefined;
  await writeOwnerOnlyFile(options.output, options.force === true, (file) =>
    context.progress.during('export', total, async (bar) => {
      const writer = new ExportWriter(file);
      await writer.begin(context.clock.now());
      for await (const row of stored.read(() => bar.advance())) await writer.row(row);
      written = { sha256: await writer.end(), rows: writer.rows };
    }),
  );
  const { damaged, tooLarge } = stored;
  return { output: options.output, ...written!, damaged, tooLarge };
}
