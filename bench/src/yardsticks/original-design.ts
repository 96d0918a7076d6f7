import 'reflect-metadata';
import { Mutex } from 'async-mutex';
import { Column, DataSource, Entity, Index, PrimaryColumn, type Repository } from 'typeorm';
import { temporaryFile } from '../harness/folders.js';

/** `cache_entries` of the original: the payload as JSON text in the row that also counts its hits, times in seconds. */
@Entity('cache_entries')
class OriginalEntry {
  @PrimaryColumn('text', { name: 'cache_key' })
  cacheKey!: string;

  @Index()
  @Column('text', { name: 'cache_type' })
  cacheType!: string;

  @Index()
  @Column('text', { name: 'company_id', nullable: true })
  companyId!: string | null;

  @Column('text', { name: 'data_json' })
  dataJson!: string;

  @Column('real', { name: 'created_at' })
  createdAt!: number;

  @Index()
  @Column('real', { name: 'expires_at' })
  expiresAt!: number;

  @Column('integer', { name: 'hit_count', default: 0 })
  hitCount!: number;

  @Column('real', { name: 'last_accessed' })
  lastAccessed!: number;
}

/**
 * The design this project replaces, on TypeORM, its faults included: `SELECT 1` before every call, JSON both ways, a
 * committed UPDATE for every hit, INSERT OR REPLACE, and one lock around each write.
 */
export class OriginalDesign {
  private readonly writes = new Mutex();

  private constructor(
    private readonly dataSource: DataSource,
    private readonly entries: Repository<OriginalEntry>,
  ) {}

  static async open(): Promise<OriginalDesign> {
    const dataSource = new DataSource({
      type: 'sqlite',
      database: temporaryFile('original.sqlite'),
      entities: [OriginalEntry],
      synchronize: true,
      enableWAL: true,
      busyTimeout: 5_000,
    });
    await dataSource.initialize();
    return new OriginalDesign(dataSource, dataSource.getRepository(OriginalEntry));
  }

  async get(key: string): Promise<unknown> {
    await this.checkConnection();
    const entry = await this.entries.findOneBy({ cacheKey: key });
    if (entry === null) return null;
    const now = Date.now() / 1_000;
    if (entry.expiresAt < now) {
      await this.writes.runExclusive(() => this.entries.delete(key));
      return null;
    }
    await this.writes.runExclusive(() =>
      this.entries.update(key, { hitCount: () => 'hit_count + 1', lastAccessed: now }),
    );
    return JSON.parse(entry.dataJson);
  }

  async set(
    key: string,
    value: unknown,
    type: string,
    companyId: string | null,
    ttlSeconds: number,
  ): Promise<void> {
    await this.checkConnection();
    const now = Date.now() / 1_000;
    await this.writes.runExclusive(() =>
      this.dataSource.query(
        `INSERT OR REPLACE INTO cache_entries
           (cache_key, cache_type, company_id, data_json, created_at, expires_at, hit_count, last_accessed)
         VALUES (?, ?, ?, ?, ?, ?, 0, ?)`,
        [key, type, companyId, JSON.stringify(value), now, now + ttlSeconds, now],
      ),
    );
  }

  private async checkConnection(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }
}
