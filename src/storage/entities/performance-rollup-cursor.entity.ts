import { Column, Entity, PrimaryColumn } from 'typeorm';
import { longNumber, text } from '../columns.js';

/** How far the performance log has been summed up. One row. */
@Entity('performance_rollup_cursor')
export class PerformanceRollupCursor {
  @PrimaryColumn({ ...text, name: 'name' })
  name!: string;

  /** The last row of the log that the rollups contain. */
  @Column({ ...longNumber, name: 'log_id' })
  logId!: number;
}
