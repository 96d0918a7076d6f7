import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/** A key that one process loads now, so that the others wait for its answer. */
@Entity('cache_leases')
export class CacheLease {
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;

  /** The {@link CacheProcess} that loads. */
  @Column({ ...text, name: 'holder' })
  holder!: string;

  /** Moved forward while it loads; past it, another process may take over. Epoch milliseconds. */
  @Column({ ...epochMs, name: 'expires_at' })
  expiresAt!: number;
}
