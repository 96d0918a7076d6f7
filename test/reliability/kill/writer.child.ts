import { Database } from '../../../src/storage/database.js';
import { type Flow } from './flow.js';
import { writeUntilKilled } from './writer.js';

const [type, path, flows] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
await writeUntilKilled(
  new Database({ type, path, busyTimeoutMs: 5_000 }),
  JSON.parse(flows) as readonly Flow[],
);
