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

  /**
   * Writes the value if the key still has the one that was read.
   * @param known `null`: there was none.
   * @param now epoch milliseconds.
   * @returns whether it did.
   */
  async replaceIf(key: string, known: string | null, value: string, now: number): Promise<boolean> {
    const changed = await this.database.write((_manager, sql) =>
      known === null ? sql.run(INSERT, [key, value, now]) : sql.run(REPLACE, [value, now, key, known]),
    );
    return changed > 0;
  }

  /** Removes the key if it still has this value; returns whether it did. */
  async removeIf(key: string, known: string): Promise<boolean> {
    const result = await this.database.write((manager) =>
      manager.delete(CacheConfigEntry, { key, value: known }),
    );
    return (result.affected ?? 0) > 0;
  }

  /** Returns whether the key was there. */
  async remove(key: string): Promise<boolean> {
    const result = await this.database.write((manager) => manager.delete(CacheConfigEntry, { key }));
    return (result.affected ?? 0) > 0;
  }
}

const INSERT =
  'INSERT INTO cache_config (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING';

const REPLACE = 'UPDATE cache_config SET value = ?, updated_at = ? WHERE key = ? AND value = ?';
