import { type Database } from '../database.js';
import { CacheHealthSample } from '../entities/cache-health-sample.entity.js';

/** How the cache was, from time to time. */
export class CacheHealthRepository {
  constructor(private readonly database: Database) {}

  /** Adds samples, and removes those before an instant (epoch milliseconds). One that is there already stays. */
  async append(samples: readonly CacheHealthSample[], since: number): Promise<void> {
    await this.database.write(async (manager, sql) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(CacheHealthSample)
        .values([...samples])
        .orIgnore()
        .execute();
      await sql.run('DELETE FROM cache_health_samples WHERE sampled_at < ?', [since]);
    });
  }

  /** Samples from an instant on (epoch milliseconds), the oldest first. */
  async since(since: number): Promise<CacheHealthSample[]> {
    return this.database.survey((manager) =>
      manager
        .createQueryBuilder(CacheHealthSample, 'sample')
        .where('sample.sampledAt >= :since', { since })
        .orderBy('sample.sampledAt')
        .getMany(),
    );
  }
}
