import { Column, Entity, PrimaryColumn } from 'typeorm';
import { decimalNumber, epochMs, text, wholeNumber } from '../columns.js';

/** A request that users made and that can be made again: what a warm-up chooses from. Holds nobody's name. */
@Entity('warm_up_requests')
export class WarmUpRequest {
  /** Of the entry that it makes. */
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;

  @Column({ ...text, name: 'cache_type' })
  cacheType!: string;

  @Column({ ...text, name: 'company_id', nullable: true })
  companyId!: string | null;

  /** Address and declared headers, as JSON. */
  @Column({ ...text, name: 'request' })
  request!: string;

  /** How often it was asked for in the last look-back before `lastAsked`, less what is long ago; no whole number. */
  @Column({ ...decimalNumber, name: 'asked' })
  asked!: number;

  /** Epoch milliseconds. */
  @Column({ ...epochMs, name: 'last_asked' })
  lastAsked!: number;

  /** What its source takes, in milliseconds, later runs weighing more; `null` while none was seen. */
  @Column({ ...decimalNumber, name: 'source_ms', nullable: true })
  sourceMs!: number | null;

  /** Warm-ups of it in a row that brought nothing to store. */
  @Column({ ...wholeNumber, name: 'failures' })
  failures!: number;

  /** Not warmed before; epoch milliseconds. */
  @Column({ ...epochMs, name: 'retry_at' })
  retryAt!: number;
}
