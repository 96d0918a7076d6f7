import { Column, Entity, PrimaryColumn } from 'typeorm';
import { longNumber, text } from '../columns.js';

/** What a company holds of `cache_entries`, kept by triggers; gone with its last entry. */
@Entity('cache_company_sizes')
export class CacheCompanySize {
  @PrimaryColumn({ ...text, name: 'company_id' })
  companyId!: string;

  @Column({ ...longNumber, name: 'entries' })
  entries!: number;

  /** Bytes of its payloads. */
  @Column({ ...longNumber, name: 'bytes' })
  bytes!: number;
}
