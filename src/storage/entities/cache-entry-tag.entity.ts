import { Entity, Index, PrimaryColumn } from 'typeorm';
import { text } from '../columns.js';

/** One tag of a {@link CacheEntry}. Goes with its entry, by a trigger. */
@Entity('cache_entry_tags')
export class CacheEntryTag {
  @PrimaryColumn({ ...text, name: 'tag' })
  tag!: string;

  @Index('idx_cache_entry_tags_cache_key')
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;
}
