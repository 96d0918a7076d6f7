import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, flag, longNumber } from '../columns.js';

/** How the cache was at one moment. Sizes are `null` when they could not be read. */
@Entity('cache_health_samples')
export class CacheHealthSample {
  /** Epoch milliseconds, the beginning of the interval it stands for, so that of several processes one is enough. */
  @PrimaryColumn({ ...epochMs, name: 'sampled_at' })
  sampledAt!: number;

  @Column({ ...flag, name: 'store_ok' })
  storeOk!: boolean;

  /** `null`: the module has no watermark source. */
  @Column({ ...flag, name: 'watermark_ok', nullable: true })
  watermarkOk!: boolean | null;

  @Column({ ...longNumber, name: 'entries', nullable: true })
  entries!: number | null;

  @Column({ ...longNumber, name: 'entry_bytes', nullable: true })
  entryBytes!: number | null;

  @Column({ ...longNumber, name: 'database_bytes', nullable: true })
  databaseBytes!: number | null;

  @Column({ ...longNumber, name: 'wal_bytes', nullable: true })
  walBytes!: number | null;
}
