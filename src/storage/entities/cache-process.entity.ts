import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/** A process that has the file open, so that the others know whether there is anybody to tell. */
@Entity('cache_processes')
export class CacheProcess {
  @PrimaryColumn({ ...text, name: 'process_id' })
  processId!: string;

  /** Moved forward while it runs; past it, the process counts as dead. Epoch milliseconds. */
  @Column({ ...epochMs, name: 'alive_until' })
  aliveUntil!: number;
}
