import type { ResolvedDatabaseOptions } from '../../common/options.js';
import type { Database } from '../../storage/database.js';
import { CacheConfigRepository } from '../../storage/repositories/cache-config.repository.js';
import { CacheEntryListRepository } from '../../storage/repositories/cache-entry-list.repository.js';
import { CacheEntryRepository } from '../../storage/repositories/cache-entry.repository.js';
import { CacheProcessRepository } from '../../storage/repositories/cache-process.repository.js';
import { EntryScan } from '../../storage/repositories/entry-scan.js';
import { FileInspection } from '../../storage/repositories/file-inspection.js';
import { PerformanceLogRepository } from '../../storage/repositories/performance-log.repository.js';
import { PermanentRowsRepository } from '../../storage/repositories/permanent-rows.repository.js';
import { WarmUpOrders } from '../../warm-up/warm-up-orders.js';

/** An open store, and what commands do with it. Payloads stay sealed: no key comes near it. */
export class Store {
  readonly entries: CacheEntryRepository;
  readonly list: CacheEntryListRepository;
  readonly scan: EntryScan;
  readonly rows: PermanentRowsRepository;
  readonly log: PerformanceLogRepository;
  readonly processes: CacheProcessRepository;
  readonly config: CacheConfigRepository;
  readonly warmUps: WarmUpOrders;
  /** Of a SQLite file; a server looks after its own. */
  readonly inspection: FileInspection | undefined;

  constructor(
    readonly database: Database,
    readonly options: ResolvedDatabaseOptions,
  ) {
    this.entries = new CacheEntryRepository(database);
    this.list = new CacheEntryListRepository(database);
    this.scan = new EntryScan(database);
    this.rows = new PermanentRowsRepository(database);
    this.log = new PerformanceLogRepository(database);
    this.config = new CacheConfigRepository(database);
    this.warmUps = new WarmUpOrders(this.config, database.clock);
    this.processes = new CacheProcessRepository(database);
    this.inspection = options.type === 'postgres' ? undefined : new FileInspection(database, options);
  }

  /** Processes beside this one that have the store open. One that was killed counts for 30 seconds more. */
  async countProcesses(): Promise<number> {
    return (await this.processes.census(this.database.clock.now())).others;
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
