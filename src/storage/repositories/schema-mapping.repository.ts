import { type Database } from '../database.js';
import { SchemaMapping } from '../entities/schema-mapping.entity.js';

/** Company → database schema, kept for ever. */
export class SchemaMappingRepository {
  constructor(private readonly database: Database) {}

  find(companyId: string): Promise<SchemaMapping | null> {
    return this.database.read((manager) => manager.findOneBy(SchemaMapping, { companyId }));
  }

  all(): Promise<SchemaMapping[]> {
    return this.database.read((manager) => manager.find(SchemaMapping, { order: { companyId: 'ASC' } }));
  }

  async remove(companyId: string): Promise<void> {
    await this.database.write((manager) => manager.delete(SchemaMapping, { companyId }));
  }

  /** Stores the mapping and stamps `lastVerified`; `createdAt` of an existing one stays. `now` in epoch milliseconds. */
  async upsert(companyId: string, schema: string, now: number): Promise<void> {
    await this.database.write((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(SchemaMapping)
        .values({ companyId, schema, createdAt: now, lastVerified: now })
        .orUpdate(['schema', 'last_verified'], ['id_firma'])
        .execute(),
    );
  }
}
