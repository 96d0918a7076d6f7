import { writeHistory } from './writer.js';

/** The mutant: nothing is ever synced. */
const [type, path, transactions] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
await writeHistory({ type, path, busyTimeoutMs: 5_000 }, Number(transactions), ['synchronous = OFF']);
process.exit();
