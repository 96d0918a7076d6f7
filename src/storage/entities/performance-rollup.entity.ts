import { Column, Entity, PrimaryColumn } from 'typeorm';
import { decimalNumber, epochMs, longNumber, text } from '../columns.js';

/** The requests of one hour or day (UTC), one type, company and outcome, summed up from the performance log. */
@Entity('performance_rollups')
export class PerformanceRollup {
  /** `'hour'` or `'day'`. */
  @PrimaryColumn({ ...text, name: 'resolution' })
  resolution!: string;

  /** When the hour or day began, in epoch milliseconds. */
  @PrimaryColumn({ ...epochMs, name: 'started_at' })
  startedAt!: number;

  @PrimaryColumn({ ...text, name: 'cache_type' })
  cacheType!: string;

  /** Empty: reports that belong to no company. A key cannot be null on every database. */
  @PrimaryColumn({ ...text, name: 'company_id' })
  companyId!: string;

  /** See `REQUEST_OUTCOMES`. */
  @PrimaryColumn({ ...text, name: 'outcome' })
  outcome!: string;

  /** Empty for what is no miss. */
  @PrimaryColumn({ ...text, name: 'miss_reason' })
  missReason!: string;

  @Column({ ...longNumber, name: 'requests' })
  requests!: number;

  @Column({ ...decimalNumber, name: 'response_total_ms' })
  responseTotalMs!: number;

  /** A `LogHistogram` as text. */
  @Column({ ...text, name: 'response_times' })
  responseTimes!: string;

  /** What the source took; 0 for what is no miss. */
  @Column({ ...decimalNumber, name: 'source_total_ms' })
  sourceTotalMs!: number;

  @Column({ ...text, name: 'source_times' })
  sourceTimes!: string;
}
