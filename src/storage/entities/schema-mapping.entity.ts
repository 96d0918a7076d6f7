import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMs, text } from '../columns.js';

/** Which database schema holds a company's books. Never expires. Times are epoch milliseconds. */
@Entity('schema_mappings')
export class SchemaMapping {
  @PrimaryColumn({ ...text, name: 'id_firma' })
  companyId!: string;

  @Column({ ...text, name: 'schema' })
  schema!: string;

  @Column({ ...epochMs, name: 'created_at' })
  createdAt!: number;

  @Column({ ...epochMs, name: 'last_verified' })
  lastVerified!: number;
}
