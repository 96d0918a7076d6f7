import { Inject, Injectable } from '@nestjs/common';
import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import { parseDuration, type Duration } from '../common/duration.js';
import type { Selectable } from '../common/entry-selector.js';
import { InvalidArgumentError } from '../common/errors.js';
import type { ResolvedOptions } from '../common/options.js';
import { requireText } from '../common/text.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { CacheStatistics, type CacheStats } from './cache-statistics.js';
import { ExpiredEntries } from './expired-entries.js';
import type { EntryPolicy } from './fetch-request.js';
import { ReportCache } from './report-cache.js';
import { SharedValueCodec } from './shared-value.js';

export interface SetOptions {
  /** The kind of report, 1 to 200 characters. */
  type: string;
  /** The company it belongs to. Default: none. */
  companyId?: CompanyId | null;
  /** How long it is fresh. Default: the module's `ttl`. */
  ttl?: Duration;
  /** For `clearByTag` and `@CacheEvict`. Default: none. */
  tags?: readonly string[];
  /** How long past its TTL `getOrSet` may still answer with it when the source fails. Default: not at all. */
  grace?: Duration;
}

const MAX_KEY_LENGTH = 2_048;

/**
 * The cache for code. Values keep their types; what comes out of memory is frozen and shared, so copy it before you
 * change it. A cached `null` is a hit, a miss is `undefined`.
 *
 * Every method rejects with {@link InvalidArgumentError}, naming the argument, before anything is read or written.
 */
@Injectable()
export class CacheService {
  constructor(
    private readonly cache: ReportCache,
    private readonly codec: SharedValueCodec,
    private readonly statistics: CacheStatistics,
    private readonly expired: ExpiredEntries,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The value, or `undefined` when there is none, it has expired, or it was stored by a request. */
  async get<T>(key: string): Promise<T | undefined> {
    const found = await this.cache.get(requireKey(key), this.codec);
    return found?.value as T | undefined;
  }

  /**
   * Stores a value.
   * @returns `true` once it is committed to the file, `false` when only memory has it because the file failed.
   * @throws {ValueNotCacheableError} naming the path of what could not come back; `undefined` itself is refused.
   */
  async set(key: string, value: unknown, options: SetOptions): Promise<boolean> {
    return this.cache.set(toTarget(key, options), value, this.toPolicy(options), this.codec);
  }

  /**
   * The value, or what `load` brings, which is then stored. Callers who want a missing key at the same time share one
   * load. What `load` throws reaches every one of them as it was thrown, and is not cached; what it brings and cannot
   * be stored is returned and logged.
   */
  async getOrSet<T>(key: string, load: () => T | Promise<T>, options: SetOptions): Promise<T> {
    const { value } = await this.cache.fetch({
      target: toTarget(key, options),
      policy: this.toPolicy(options),
      codec: this.codec,
      load: async () => {
        const loaded = await load();
        return { value: loaded, storable: loaded !== undefined };
      },
    });
    return value as T;
  }

  /** @returns whether it was there. */
  async delete(key: string): Promise<boolean> {
    return (await this.cache.invalidate({ key: requireKey(key) })) > 0;
  }

  /** Drops everything. @returns how many entries were there. */
  async clear(): Promise<number> {
    return this.cache.invalidate({});
  }

  /** Drops what belongs to one company. @returns how many entries were there. */
  async clearByCompany(companyId: CompanyId): Promise<number> {
    return this.cache.invalidate({ companyId: requireCompanyId(companyId, 'companyId') });
  }

  /** Drops one kind of report. @returns how many entries were there. */
  async clearByType(type: string): Promise<number> {
    return this.cache.invalidate({ type: requireText(type, 'type') });
  }

  /** Drops what carries the tag. @returns how many entries were there. */
  async clearByTag(tag: string): Promise<number> {
    return this.cache.invalidate({ tags: [requireText(tag, 'tag')] });
  }

  /** Removes, in bounded batches, what is past its TTL and its grace. @returns how many entries went. */
  async cleanupExpired(): Promise<number> {
    return this.expired.remove();
  }

  /** The companies that have live entries. */
  async getCachedCompanyIds(): Promise<string[]> {
    return this.statistics.companyIds();
  }

  async getStats(): Promise<CacheStats> {
    return this.statistics.read();
  }

  private toPolicy({ ttl, grace }: SetOptions): EntryPolicy {
    return {
      ttlMs: ttl === undefined ? this.options.ttlMs : requireDuration(ttl, 'ttl'),
      graceMs: grace === undefined ? 0 : requireDuration(grace, 'grace'),
    };
  }
}

function toTarget(key: string, { type, companyId, tags = [] }: SetOptions): Selectable {
  return {
    key: requireKey(key),
    type: requireText(type, 'type'),
    companyId:
      companyId === undefined || companyId === null ? null : requireCompanyId(companyId, 'companyId'),
    username: null,
    tags: requireTags(tags),
  };
}

function requireKey(key: unknown): string {
  return requireText(key, 'key', MAX_KEY_LENGTH);
}

function requireTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) throw new InvalidArgumentError('tags must be a list of texts');
  return [...new Set(tags.map((tag, index) => requireText(tag, `tags[${index}]`)))];
}

function requireDuration(duration: unknown, what: string): number {
  const milliseconds = parseDuration(duration);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError(`${what} must be a duration above zero, such as '15m' or 900000`);
  }
  return milliseconds;
}
