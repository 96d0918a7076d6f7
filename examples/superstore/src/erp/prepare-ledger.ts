import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Settings } from '../settings.js';
import { ErpConnection } from './erp-connection.js';
import { bookFurtherYear, CREATE_BRANCHES, LAST_REAL_YEAR } from './further-years.sql.js';
import { BOOK_REAL_YEARS, CREATE_STAGE, STAGE_CSV } from './real-years.sql.js';
import { SCHEMA } from './schema.sql.js';
import { readSuperstore } from './superstore-csv.js';

type Print = (line: string) => void;

/** Raise it when a change of the code makes another ledger. */
const LEDGER_EDITION = 1;

/**
 * Loads the ledger on the first start; a later start with as many further years finds it there.
 * @returns whether it was loaded: what was kept of reports is then of another ledger.
 */
export async function prepareLedger(settings: Settings, print: Print): Promise<boolean> {
  const version = LEDGER_EDITION * 1_000 + settings.furtherYears;
  if (await isLoaded(settings.ledgerPath, version)) return false;
  const started = performance.now();
  print(`Loading the Superstore ledger into ${settings.ledgerPath}, once`);
  await mkdir(dirname(settings.ledgerPath), { recursive: true });
  // Loaded aside and renamed: a start that was interrupted leaves no half a ledger.
  const unfinished = `${settings.ledgerPath}.loading`;
  await rm(unfinished, { force: true });
  await load(unfinished, version, settings.furtherYears, print);
  await replaceLedger(unfinished, settings);
  print(`Loaded in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return true;
}

async function isLoaded(path: string, version: number): Promise<boolean> {
  if (!existsSync(path)) return false;
  const connection = await ErpConnection.open(path, 'read');
  const row = await connection.get<{ user_version: number }>('PRAGMA user_version');
  await connection.close();
  return row?.user_version === version;
}

async function load(path: string, version: number, furtherYears: number, print: Print): Promise<void> {
  const connection = await ErpConnection.open(path, 'create');
  await connection.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${SCHEMA} ${CREATE_STAGE}`);
  await connection.run(STAGE_CSV, [JSON.stringify(await readSuperstore())]);
  await connection.exec(BOOK_REAL_YEARS + CREATE_BRANCHES);
  print(`  2014 to ${LAST_REAL_YEAR}: the real ones`);
  for (let year = LAST_REAL_YEAR + 1; year <= LAST_REAL_YEAR + furtherYears; year++) {
    await connection.exec(bookFurtherYear(year));
    print(`  ${year}`);
  }
  await connection.exec(`PRAGMA user_version = ${version}; PRAGMA journal_mode = WAL`);
  await connection.close();
}

/** The kept reports go first: they are of the ledger before. */
async function replaceLedger(loaded: string, { ledgerPath, cacheFolder }: Settings): Promise<void> {
  const old = [cacheFolder, ledgerPath, `${ledgerPath}-wal`, `${ledgerPath}-shm`];
  for (const path of old) await rm(path, { recursive: true, force: true });
  await rename(loaded, ledgerPath);
}
