import BetterSqlite3 from 'better-sqlite3';
import sqlite3 from 'sqlite3';
import { temporaryFile } from '../harness/folders.js';

const SCHEMA = 'CREATE TABLE payloads (cache_key TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL)';
const INSERT = 'INSERT INTO payloads VALUES (?, ?)';
const SELECT = 'SELECT body FROM payloads WHERE cache_key = ?';

export interface BlobReader {
  get(key: string): Promise<Buffer>;
}

export type Blobs = ReadonlyMap<string, Buffer>;

/** One prepared BLOB get on better-sqlite3: what a read costs there at the least. */
export function rawBetterSqlite3(blobs: Blobs): BlobReader {
  const database = new BetterSqlite3(temporaryFile('raw.sqlite'));
  database.pragma('journal_mode = WAL');
  database.exec(SCHEMA);
  const insert = database.prepare(INSERT);
  for (const [key, body] of blobs) insert.run(key, body);
  const select = database.prepare(SELECT);
  return { get: async (key) => (select.get(key) as { body: Buffer }).body };
}

/** One prepared BLOB get on sqlite3: what a read of one row costs there at the least. */
export async function rawSqlite3(blobs: Blobs): Promise<BlobReader> {
  const database = new sqlite3.Database(temporaryFile('raw.sqlite'));
  await done((callback) => database.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`, callback));
  for (const [key, body] of blobs) await done((callback) => database.run(INSERT, [key, body], callback));
  const select = database.prepare(SELECT);
  return {
    get: (key) =>
      new Promise((resolve, reject) => {
        // `all`, not `get`: that one leaves the statement on its row.
        select.all([key], (error: Error | null, rows: { body: Buffer }[]) =>
          error ? reject(error) : resolve(rows[0]!.body),
        );
      }),
  };
}

function done(start: (callback: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}
