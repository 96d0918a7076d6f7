import { type ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { type ResolvedSqliteOptions } from '../../../src/common/options.js';
import { Database } from '../../../src/storage/database.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { type Random } from '../../support/seeded-random.js';
import { isIntact } from '../support/intact.js';
import { Crew } from './crew.js';
import { type Flow } from './flow.js';
import { Ledger, type Verdict } from './ledger.js';

export interface KillOptions {
  readonly driver: ResolvedSqliteOptions['type'];
  /** Of the file, which all cycles share. */
  readonly path: string;
  readonly cycles: number;
  readonly random: Random;
  readonly startWriter: (args: readonly string[]) => ChildProcess;
}

export interface KillResult {
  killedWriters: number;
  /** Steps that a writer was told are committed. */
  acknowledged: number;
  lost: number;
  torn: number;
  /** Cycles after which SQLite found fault with the file, or its tables did not agree. */
  corrupt: number;
  /** Milliseconds each opening took. */
  openings: number[];
}

/** Writers of a cycle, in turn. Fewer eights than ones: to start a process takes longer than anything else here. */
const CREWS = [1, 2, 8, 1, 3, 1, 4, 2];
const FLOWS_A_WRITER = 8;

/** After they set about opening the file: some writers die while they open it, most while they write. */
const LONGEST_LIFE_MS = 250;

const KEYS = Array.from({ length: Math.max(...CREWS) * FLOWS_A_WRITER }, (_, flow) => `flow-${flow}`);

/** Kills 1 to 8 writers of one file at a random moment, opens the file and compares; again and again. */
export async function runKillCycles(options: KillOptions): Promise<KillResult> {
  const result = { killedWriters: 0, acknowledged: 0, lost: 0, torn: 0, corrupt: 0, openings: [] };
  const ledger = new Ledger();
  for (let cycle = 0; cycle < options.cycles; cycle += 1) {
    const writers = CREWS[cycle % CREWS.length]!;
    result.killedWriters += writers;
    result.acknowledged += await writeAndKill(options, ledger, writers);
    await openAndCompare(options, ledger, result);
  }
  return result;
}

/** @returns how many steps were acknowledged. */
async function writeAndKill(options: KillOptions, ledger: Ledger, writers: number): Promise<number> {
  const { driver, path, random, startWriter } = options;
  const children = Array.from({ length: writers }, (_, writer) =>
    startWriter([driver, path, JSON.stringify(flowsOf(writer, ledger))]),
  );
  const crew = new Crew(children, (key, step) => ledger.acknowledge(key, step));
  await crew.ready();
  await setTimeout(random(LONGEST_LIFE_MS));
  await crew.kill();
  return crew.acknowledged;
}

function flowsOf(writer: number, ledger: Ledger): Flow[] {
  const first = writer * FLOWS_A_WRITER;
  return KEYS.slice(first, first + FLOWS_A_WRITER).map((key) => ledger.flow(key));
}

async function openAndCompare(options: KillOptions, ledger: Ledger, result: KillResult): Promise<void> {
  const database = new Database({ type: options.driver, path: options.path, busyTimeoutMs: 5_000 });
  const start = performance.now();
  await database.open();
  result.openings.push(performance.now() - start);
  try {
    if (!(await isIntact(database))) result.corrupt += 1;
    for (const verdict of await compare(database, ledger)) if (verdict !== 'kept') result[verdict] += 1;
  } finally {
    await database.close();
  }
}

function compare(database: Database, ledger: Ledger): Promise<Verdict[]> {
  const entries = new CacheEntryRepository(database);
  return Promise.all(
    KEYS.map(async (key) => {
      const found = await entries.find(key);
      if (found === 'damaged') return 'torn';
      return ledger.judge(key, found === 'absent' ? undefined : found.bytes.toString());
    }),
  );
}
