import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { decimalNumber, epochMs, flag, text } from '../columns.js';

/** One cacheable request. Kept for the retention time. */
@Entity('performance_log')
export class PerformanceLogEntry {
  @PrimaryGeneratedColumn({ type: 'integer', name: 'id' })
  id!: number;

  @Index('idx_performance_log_cache_type')
  @Column({ ...text, name: 'cache_type' })
  cacheType!: string;

  @Column({ ...text, name: 'company_id', nullable: true })
  companyId!: string | null;

  @Column({ ...flag, name: 'cache_hit' })
  cacheHit!: boolean;

  @Column({ ...decimalNumber, name: 'response_time_ms' })
  responseTimeMs!: number;

  /** What the source would have taken, by its benchmark; `null` while there is none. */
  @Column({ ...decimalNumber, name: 'estimated_oracle_time_ms', nullable: true })
  estimatedOracleTimeMs!: number | null;

  @Column({ ...decimalNumber, name: 'time_saved_ms', nullable: true })
  timeSavedMs!: number | null;

  @Column({ ...text, name: 'username', nullable: true })
  username!: string | null;

  /** Epoch milliseconds. */
  @Index('idx_performance_log_timestamp')
  @Column({ ...epochMs, name: 'timestamp' })
  timestamp!: number;

  /** See `REQUEST_OUTCOMES`; `null`: as `cacheHit` says. */
  @Column({ ...text, name: 'outcome', nullable: true })
  outcome!: string | null;

  /** Why there was nothing to answer with; `null` for what is no miss. */
  @Column({ ...text, name: 'miss_reason', nullable: true })
  missReason!: string | null;

  /** What the source really took; `null` when it did not run for this request. */
  @Column({ ...decimalNumber, name: 'source_time_ms', nullable: true })
  sourceTimeMs!: number | null;
}
