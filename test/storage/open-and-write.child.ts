import { once } from 'node:events';
import { Database } from '../../src/storage/database.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';

const [type, path, name] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
const database = new Database({ type, path, busyTimeoutMs: 5_000 });

process.send!('ready');
await once(process, 'message');

await database.open();
if (database.state.kind !== 'open') throw new Error(JSON.stringify(database.state));
const config = new CacheConfigRepository(database);
for (let index = 0; index < 20; index += 1) await config.upsert(`${name}-${index}`, '', index);
await database.close();
process.disconnect();
