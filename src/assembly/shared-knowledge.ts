import { Injectable } from '@nestjs/common';
import { BenchmarkService } from '../performance/benchmark.service.js';
import { CacheConfigService } from '../settings/cache-config.service.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { attempt } from './attempts.js';

/** What every request needs of the store and is kept in memory: other processes may change it. */
@Injectable()
export class SharedKnowledge {
  constructor(
    private readonly benchmarks: BenchmarkService,
    private readonly users: UserCacheSettingsService,
    private readonly config: CacheConfigService,
  ) {}

  /** Never rejects: what cannot be read stays as it was known. */
  async read(): Promise<void> {
    await attempt('read the benchmarks', () => this.benchmarks.load());
    await attempt('read the user switches', () => this.users.load());
    await attempt('read the configuration', () => this.config.load());
  }
}
