import { type Database } from '../database.js';
import { CacheWatermark } from '../entities/cache-watermark.entity.js';

/** The last seen state of every company's books. */
export class CacheWatermarkRepository {
  constructor(private readonly database: Database) {}

  find(companyId: string): Promise<CacheWatermark | null> {
    return this.database.read((manager) => manager.findOneBy(CacheWatermark, { companyId }));
  }

  all(): Promise<CacheWatermark[]> {
    return this.database.read((manager) => manager.find(CacheWatermark, { order: { companyId: 'ASC' } }));
  }

  async remove(companyId: string): Promise<void> {
    await this.database.write((manager) => manager.delete(CacheWatermark, { companyId }));
  }

  /**
   * Stores what the books said. An answer older than the stored one (`checkedAt`) is ignored, so that a slow probe
   * cannot set the watermark back. Returns whether it was written.
   * @param latest a stored one from after this time was noted by a clock that was wrong, and gives way to any answer.
   */
  upsert(row: CacheWatermark, latest = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    return this.database.write(async (_manager, sql) => {
      const changed = await sql.run(UPSERT, [row.companyId, row.schema, row.maxIdAct, row.checkedAt, latest]);
      return changed > 0;
    });
  }
}

const UPSERT = `
  INSERT INTO cache_watermarks (company_id, "schema", max_id_act, checked_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (company_id) DO UPDATE SET
    "schema" = excluded."schema", max_id_act = excluded.max_id_act, checked_at = excluded.checked_at
  WHERE excluded.checked_at >= cache_watermarks.checked_at OR cache_watermarks.checked_at > ?`;
