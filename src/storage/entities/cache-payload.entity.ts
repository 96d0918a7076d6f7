import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes, longNumber, text } from '../columns.js';

/**
 * The bytes of a {@link CacheEntry}, apart from it, so that counting a hit or listing entries never touches a
 * report's megabytes. Goes with its entry, by a trigger.
 */
@Entity('cache_payloads')
export class CachePayload {
  @PrimaryColumn({ ...text, name: 'cache_key' })
  cacheKey!: string;

  /** Names the codec, and its version, that wrote `body`; before it, of an encrypted one, `sealed/1/<key id>/`. */
  @Column({ ...text, name: 'format' })
  format!: string;

  @Column({ ...bytes, name: 'body' })
  body!: Buffer;

  /** CRC-32 of the entry's fields and of `body`. */
  @Column({ ...longNumber, name: 'checksum' })
  checksum!: number;
}
