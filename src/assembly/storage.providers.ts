import type { Provider } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_DATA_SOURCE, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { AesGcmCipher } from '../storage/entries/aes-gcm-cipher.js';
import { Database } from '../storage/database.js';
import { noCipher } from '../storage/entries/payload-cipher.js';
import { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import { repositories } from '../storage/repositories/index.js';

export const storageProviders: Provider[] = [
  { provide: Database, inject: [REPORTS_CACHE_OPTIONS, REPORTS_CACHE_CLOCK], useFactory: openDatabase },
  {
    provide: REPORTS_CACHE_DATA_SOURCE,
    inject: [Database],
    useFactory: (database: Database) => database.dataSource,
  },
  ...repositories.map((repository) => ({
    provide: repository,
    inject: [Database],
    useFactory: (database: Database) => new (repository as new (database: Database) => unknown)(database),
  })),
  {
    provide: CacheEntryRepository,
    inject: [Database, REPORTS_CACHE_OPTIONS],
    useFactory: (database: Database, { encryption }: ResolvedOptions) =>
      new CacheEntryRepository(database, encryption ? new AesGcmCipher(encryption.keys) : noCipher),
  },
];

/** A file that cannot be opened leaves the app running on memory alone; one line says so at each change. */
async function openDatabase(options: ResolvedOptions, clock: Clock): Promise<Database> {
  const logger = new ModuleLogger();
  const database = new Database(options.database, clock);
  database.onStateChange((state) => {
    if (state.kind === 'unavailable') logger.warn(`Reports are cached in memory only: ${state.reason}`);
    if (state.kind !== 'open') return;
    if (state.notice !== undefined) logger.warn(state.notice);
    else logger.log(`Reports are cached in ${database.place}`);
  });
  await database.open();
  return database;
}
