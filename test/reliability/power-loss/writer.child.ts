import { writeHistory } from './writer.js';

const [type, path, transactions] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
await writeHistory({ type, path, busyTimeoutMs: 5_000 }, Number(transactions));
process.exit();
