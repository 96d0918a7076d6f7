import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { decimalNumber, epochMs, longNumber, text, wholeNumber } from '../columns.js';

/** What is known of one cached answer, without its bytes: see {@link CachePayload}. Times are epoch milliseconds. */
@Entity('cache_entries')
export class CacheEntry {
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;

  @Index('idx_cache_entries_cache_type')
  @Column({ ...text, name: 'cache_type' })
  cacheType!: string;

  /** `null`: the entry belongs to no company. */
  @Index('idx_cache_entries_company_id')
  @Column({ ...text, name: 'company_id', nullable: true })
  companyId!: string | null;

  /** The user whose entry this is; `null` when it is shared. */
  @Column({ ...text, name: 'username', nullable: true })
  username!: string | null;

  /** The tags as a JSON list; {@link CacheEntryTag} finds entries by them. */
  @Column({ ...text, name: 'tags' })
  tags!: string;

  @Column({ ...epochMs, name: 'created_at' })
  createdAt!: number;

  /** Expired when `now >= expiresAt`. */
  @Index('idx_cache_entries_expires_at')
  @Column({ ...epochMs, name: 'expires_at' })
  expiresAt!: number;

  /** Until when it may be served because its source failed; not below `expiresAt`. The cleanup goes by it. */
  @Column({ ...epochMs, name: 'grace_until' })
  graceUntil!: number;

  /** Milliseconds the source took. */
  @Column({ ...decimalNumber, name: 'load_ms' })
  loadMs!: number;

  /** Bytes of the payload. */
  @Column({ ...longNumber, name: 'byte_size' })
  byteSize!: number;

  @Column({ ...wholeNumber, name: 'hit_count', default: 0 })
  hitCount!: number;

  /** When it was last stored or hit. The eviction goes by it, without an index. */
  @Column({ ...epochMs, name: 'last_accessed' })
  lastAccessed!: number;
}
