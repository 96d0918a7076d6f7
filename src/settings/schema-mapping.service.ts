import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../common/clock.js';
import { type CompanyId, requireCompanyId } from '../common/company-id.js';
import { type DataKeeper } from '../common/data-keeper.js';
import { requireKeptText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { SchemaMappingRepository } from '../storage/repositories/schema-mapping.repository.js';

/** Which database schema holds a company's books. A mapping never expires. */
@Injectable()
export class SchemaMappingService implements DataKeeper {
  constructor(
    private readonly mappings: SchemaMappingRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The company's schema; `undefined` when it has none.
   * @throws {InvalidArgumentError} when the company is none.
   */
  async get(companyId: CompanyId): Promise<string | undefined> {
    const mapping = await this.mappings.find(requireCompanyId(companyId, 'companyId'));
    return mapping?.schema;
  }

  /**
   * Stores the mapping, or confirms it: `created_at` stays that of the first call, `last_verified` is now.
   * @throws {InvalidArgumentError} when the company is none, or the schema no text of 1 to 200 characters other than U+0000.
   */
  async set(companyId: CompanyId, schema: string): Promise<void> {
    const company = requireCompanyId(companyId, 'companyId');
    await this.mappings.upsert(company, requireKeptText(schema, 'schema'), this.clock.now());
  }

  async forgetCompany(companyId: string): Promise<void> {
    await this.mappings.remove(companyId);
  }

  /** Mappings are of companies. */
  async forgetUser(): Promise<void> {}
}
