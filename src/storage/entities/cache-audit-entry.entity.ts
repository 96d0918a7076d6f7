import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { epochMs, longNumber, text } from '../columns.js';

/** Something that somebody did to the cache by hand. */
@Entity('cache_audit_log')
export class CacheAuditEntry {
  @PrimaryGeneratedColumn({ type: 'integer', name: 'id' })
  id!: number;

  /** Epoch milliseconds. */
  @Column({ ...epochMs, name: 'timestamp' })
  timestamp!: number;

  /** Who did it; `null`: nobody was named. */
  @Column({ ...text, name: 'username', nullable: true })
  username!: string | null;

  @Column({ ...text, name: 'action' })
  action!: string;

  /** What it was done to, as JSON. */
  @Column({ ...text, name: 'target' })
  target!: string;

  /** The company that the target belongs to, so that its data can be purged. */
  @Column({ ...text, name: 'company_id', nullable: true })
  companyId!: string | null;

  /** The user whom the target belongs to, so that their data can be purged. */
  @Column({ ...text, name: 'subject', nullable: true })
  subject!: string | null;

  /** What was set. */
  @Column({ ...text, name: 'value', nullable: true })
  value!: string | null;

  /** `'done'` or `'failed'`. */
  @Column({ ...text, name: 'outcome' })
  outcome!: string;

  /** Entries that went. */
  @Column({ ...longNumber, name: 'removed', nullable: true })
  removed!: number | null;
}
