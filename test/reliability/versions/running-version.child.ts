import { setImmediate } from 'node:timers/promises';
import { Database } from '../../../src/storage/database.js';
import { CacheConfigRepository } from '../../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { someEntry } from '../../storage/some-entry.js';

const [type, path] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string];
const database = new Database({ type, path, busyTimeoutMs: 10_000 });
const entries = new CacheEntryRepository(database);
const config = new CacheConfigRepository(database);

let stopped = false;
process.once('message', () => (stopped = true));

await database.open();
let written = 0;
let missed = 0;
const errors: string[] = [];
while (!stopped) {
  try {
    const key = `running-${written}`;
    await entries.put(someEntry({ key, tags: ['running'] }));
    await config.upsert('running', String(written), written);
    if (typeof (await entries.find(key)) === 'string') missed += 1;
    written += 1;
  } catch (error) {
    errors.push(String(error));
  }
  if (written === 20) process.send!('running');
  await setImmediate();
}
await database.close();
process.send!({ written, missed, errors });
process.disconnect();
