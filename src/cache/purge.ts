import type { DataKeeper } from '../common/data-keeper.js';
import type { ReportCache } from './report-cache.js';

/** Removes everything about a company or a user from every table and from memory, as data protection asks for. */
export class Purge {
  constructor(
    private readonly cache: ReportCache,
    private readonly keepers: readonly DataKeeper[],
  ) {}

  /** @throws what the store throws: then some rows may still be there, and the call is to be repeated. */
  async company(companyId: string): Promise<void> {
    await this.cache.purge({ companyId });
    for (const keeper of this.keepers) await keeper.forgetCompany(companyId);
  }

  /** @throws as {@link company}. */
  async user(username: string): Promise<void> {
    await this.cache.purge({ username });
    for (const keeper of this.keepers) await keeper.forgetUser(username);
  }
}
