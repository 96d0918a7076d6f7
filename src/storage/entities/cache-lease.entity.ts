import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/**
 * A key that one process loads now, so that the others wait for its answer; or a job that one process does for all,
 * whose key begins with `reports-cache:job:`.
 */
@Entity('cache_leases')
export class CacheLease {
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;

  /** The {@link CacheProcess} that loads or does the job; for a load, with a number that tells its leases apart. */
  @Column({ ...text, name: 'holder' })
  holder!: string;

  /** Moved forward while it loads, or whenever it does the job; past it, another process may take over. Epoch milliseconds. */
  @Column({ ...epochMs, name: 'expires_at' })
  expiresAt!: number;
}
