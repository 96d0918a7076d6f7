import { type Database } from '../database.js';
import { CacheConfigEntry } from '../entities/cache-config-entry.entity.js';

/** Settings changed while the app runs: text under text keys. */
export class CacheConfigRepository {
  constructor(private readonly database: Database) {}

  find(key: string): Promise<CacheConfigEntry | null> {
    return this.database.read((manager) => manager.findOneBy(CacheConfigEntry, { key }));
  }

  all(): Promise<CacheConfigEntry[]> {
    return this.database.read((manager) => manager.find(CacheConfigEntry, { order: { key: 'ASC' } }));
  }

  /** `now` in epoch milliseconds. */
  async upsert(key: string, value: string, now: number): Promise<void> {
    await this.database.write((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(CacheConfigEntry)
        .values({ key, value, updatedAt: now })
        .orUpdate(['value', 'updated_at'], ['key'])
        .execute(),
    );
  }

  /** Returns whether the key was there. */
  async remove(key: string): Promise<boolean> {
    const result = await this.database.write((manager) => manager.delete(CacheConfigEntry, { key }));
    return (result.affected ?? 0) > 0;
  }
}
