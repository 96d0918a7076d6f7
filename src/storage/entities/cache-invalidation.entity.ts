import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { epochMs, text, wholeNumber } from '../columns.js';

/** What one process dropped or replaced while others shared the file. The newest row always stays. */
@Entity('cache_invalidations')
export class CacheInvalidation {
  /** Rises in the order of the commits. */
  @PrimaryGeneratedColumn({ ...wholeNumber, name: 'id' })
  id!: number;

  /** The {@link CacheProcess} that did it. */
  @Column({ ...text, name: 'origin' })
  origin!: string;

  /** Which entries, as JSON. */
  @Column({ ...text, name: 'selector' })
  selector!: string;

  /** Epoch milliseconds. */
  @Column({ ...epochMs, name: 'noted_at' })
  notedAt!: number;
}
