import KeyvSqlite from '@keyv/sqlite';
import { Keyv } from 'keyv';
import { temporaryFile } from '../harness/folders.js';

/** Keyv on SQLite (`sqlite3`), as `@nestjs/cache-manager` is given it. It has no option for WAL. */
export function keyvSqlite(): Keyv {
  const store = new KeyvSqlite({ uri: `sqlite://${temporaryFile('keyv.sqlite')}`, busyTimeout: 5_000 });
  return new Keyv({ store, ttl: 3_600_000 });
}
