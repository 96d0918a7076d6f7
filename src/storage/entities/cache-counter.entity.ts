import { Column, Entity, PrimaryColumn } from 'typeorm';
import { longNumber, text } from '../columns.js';

/** A running total over `cache_entries`, kept by triggers, so that statistics never scan: `entries` and `bytes`. */
@Entity('cache_counters')
export class CacheCounter {
  @PrimaryColumn({ ...text, name: 'name' })
  name!: 'entries' | 'bytes';

  @Column({ ...longNumber, name: 'value' })
  value!: number;
}
