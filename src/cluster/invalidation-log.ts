import type { DataKeeper } from '../common/data-keeper.js';
import type { CacheInvalidationRepository } from '../storage/repositories/cache-invalidation.repository.js';

/**
 * What is noted for other processes names companies and users, in selectors and in keys. All of it goes: to look for
 * one of them in every key would find too little, and the price is that every process empties its memory once.
 */
export class InvalidationLog implements DataKeeper {
  constructor(private readonly invalidations: CacheInvalidationRepository) {}

  async forgetCompany(): Promise<void> {
    await this.invalidations.removeAll();
  }

  async forgetUser(): Promise<void> {
    await this.invalidations.removeAll();
  }
}
