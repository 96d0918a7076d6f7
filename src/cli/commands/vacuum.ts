import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command, CommandContext } from '../command.js';
import { refusal } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import type { ProgressBar } from '../terminal/progress.js';
import { counted, showBytes } from '../terminal/units.js';

interface VacuumOptions {
  readonly full?: boolean;
}

/** In bytes. */
interface FileSizes {
  readonly bytes: number;
  /** Of a SQLite file, as what follows. */
  readonly walBytes?: number;
  readonly freeBytes?: number;
}

export interface VacuumReport {
  readonly mode: 'incremental' | 'full';
  readonly before: FileSizes;
  readonly after: FileSizes;
}

/** How often the bar looks at what is left, in milliseconds. */
const LOOK_EVERY_MS = 250;

export const vacuum: Command<VacuumOptions, VacuumReport> = {
  name: 'vacuum',
  writes: () => true,
  describe(command) {
    command
      .description('Gives free pages back to the disk in small steps, between the writes of running apps.')
      .option('--full', 'write the whole file anew; refused while an app has it open');
  },
  run,
  render: ({ mode, before, after }) =>
    `${mode === 'full' ? 'Wrote the file anew' : 'Gave free room back'}: ${showBytes(before.bytes)} before, ` +
    `${showBytes(after.bytes)} now${logSizes(before, after)}.`,
};

function logSizes({ walBytes: before }: FileSizes, { walBytes: after }: FileSizes): string {
  if (before === undefined || after === undefined) return '';
  return ` (write-ahead log: ${showBytes(before)} before, ${showBytes(after)} now)`;
}

async function run(store: Store, { full }: VacuumOptions, context: CommandContext): Promise<VacuumReport> {
  const before = await sizesOf(store);
  if (full === true) await rewrite(store, before);
  await context.progress.during('vacuum', before.freeBytes ?? 1, (bar) => reclaim(store, before, bar));
  return { mode: full === true ? 'full' : 'incremental', before, after: await sizesOf(store) };
}

/** @throws {CommandError} refused while a process has the file open, or where the disk has not got the room. */
async function rewrite(store: Store, { bytes, walBytes = 0 }: FileSizes): Promise<void> {
  if (store.options.type === 'postgres')
    throw refusal(
      '--full is for a SQLite file: a PostgreSQL server looks after its tables by itself (autovacuum)',
    );
  const processes = await store.countProcesses();
  if (processes > 0)
    throw refusal(
      `${counted(processes, 'process has', 'processes have')} the file open, whose writes would wait: stop the app, ` +
        'or leave --full out (a process that was killed counts for 30 seconds)',
    );
  const room = await freeBytesOfDisk(store.options.path);
  // Once for the copy and once for the write-ahead log that it passes through.
  if (room < 2 * (bytes + walBytes))
    throw refusal(
      `--full needs twice the file's size on the disk (${showBytes(2 * (bytes + walBytes))}), and ` +
        `${showBytes(room)} are free: leave --full out`,
    );
  await store.database.rewrite();
}

async function reclaim(
  { database, inspection }: Store,
  { freeBytes }: FileSizes,
  bar: ProgressBar,
): Promise<void> {
  let isDone = false;
  const reclaiming = database.reclaim().finally(() => (isDone = true));
  for (let last = freeBytes ?? 0; !isDone;) {
    await Promise.race([reclaiming, setTimeout(LOOK_EVERY_MS)]);
    const left = (await inspection?.freeBytes()) ?? 0;
    bar.advance(Math.max(0, last - left));
    last = left;
  }
  await reclaiming;
}

async function sizesOf({ database, inspection }: Store): Promise<FileSizes> {
  const { databaseBytes: bytes, walBytes } = await database.sizes();
  return { bytes, walBytes, freeBytes: await inspection?.freeBytes() };
}

async function freeBytesOfDisk(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}
