import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/** A setting changed while the app runs. */
@Entity('cache_config')
export class CacheConfigEntry {
  @PrimaryColumn({ ...text, name: 'key' })
  key!: string;

  @Column({ ...text, name: 'value' })
  value!: string;

  /** Epoch milliseconds. */
  @Column({ ...epochMs, name: 'updated_at' })
  updatedAt!: number;
}
