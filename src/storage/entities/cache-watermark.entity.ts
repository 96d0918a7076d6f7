import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/** The last seen state of a company's books. */
@Entity('cache_watermarks')
export class CacheWatermark {
  @PrimaryColumn({ ...text, name: 'company_id' })
  companyId!: string;

  @Column({ ...text, name: 'schema' })
  schema!: string;

  /** The watermark as text; the room that watches the books encodes and decodes it. */
  @Column({ ...text, name: 'max_id_act' })
  maxIdAct!: string;

  /** When the books were asked, in epoch milliseconds. */
  @Column({ ...epochMs, name: 'checked_at' })
  checkedAt!: number;
}
