import { Inject, Injectable } from '@nestjs/common';
import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import { parseDuration, type Duration } from '../common/duration.js';
import type { Selectable } from '../common/entry-selector.js';
import { InvalidArgumentError } from '../common/errors.js';
import type { ResolvedOptions } from '../common/options.js';
import type { RuntimePolicy } from '../common/runtime-policy.js';
import { requireText } from '../common/text.js';
import { REPORTS_CACHE_OPTIONS, RUNTIME_POLICY } from '../common/tokens.js';
import { CacheStatistics, type CacheStats } from './cache-statistics.js';
import { ExpiredEntries } from './expired-entries.js';
import type { EntryPolicy } from './fetch-request.js';
import { Purge } from './purge.js';
import { ReportCache } from './report-cache.js';
import { SharedValueCodec } from './shared-value.js';

export interface SetOptions {
  /** The kind of report, 1 to 200 characters. */
  type: string;
  /** The company it belongs to. Default: none; neither `clearByCompany` nor a watermark then drops it. */
  companyId?: CompanyId | null;
  /** How long it is fresh. Default: the module's `ttl`. */
  ttl?: Duration;
  /** For `clearByTag` and `@CacheEvict`. Default: none. */
  tags?: readonly string[];
  /** How long past its TTL `getOrSet` may still answer with it, old as it is, when the source fails or is slow. Default: not at all. */
  grace?: Duration;
  /** How long `getOrSet` waits for the source while there is an answer in its grace. Default: until the source is done. */
  softTimeout?: Duration;
  /** Shortens the TTL by a random share of up to this, 0 to 1. Default: not at all. */
  jitter?: number;
  /** Lets `getOrSet` refresh before the expiry, above 1 earlier, below 1 later (XFetch's β). Default: never. */
  earlyRefresh?: number;
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
    private readonly purging: Purge,
    @Inject(RUNTIME_POLICY) private readonly policy: RuntimePolicy,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The value, or `undefined` when there is none, it has expired, or it was stored by a request. */
  async get<T>(key: string): Promise<T | undefined> {
    const inMemory = this.cache.peek(key, this.codec);
    if (inMemory !== undefined) return inMemory.read() as T;
    const found = await this.cache.get(requireKey(key), this.codec);
    return found?.value as T | undefined;
  }

  /**
   * Stores a value.
   * @returns `true` once it is committed to the file, `false` when only memory has it because the file failed, or
   * nothing has it because the type is switched off.
   * @throws {ValueNotCacheableError} naming the path of what could not come back; `undefined` itself is refused.
   */
  async set(key: string, value: unknown, options: SetOptions): Promise<boolean> {
    const target = toTarget(key, options);
    const policy = this.toPolicy(options);
    return this.policy.isOn(target.type) && this.cache.set(target, value, policy, this.codec);
  }

  /**
   * The value, or what `load` brings, which is then stored. Callers who want a missing key at the same time share one
   * load. What `load` throws reaches every one of them as it was thrown, and is not cached; what it brings and cannot
   * be stored is returned and logged.
   */
  async getOrSet<T>(key: string, load: () => T | Promise<T>, options: SetOptions): Promise<T> {
    const target = toTarget(key, options);
    const policy = this.toPolicy(options);
    if (!this.policy.isOn(target.type)) return load();
    const { value } = await this.cache.fetch({
      target,
      policy,
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

  /**
   * Removes everything about a company: its entries, mapping, watermark and rows of the log.
   * @throws what the store throws: then some rows may still be there, and the call is to be repeated.
   */
  async purgeCompany(companyId: CompanyId): Promise<void> {
    await this.purging.company(requireCompanyId(companyId, 'companyId'));
  }

  /** Removes everything about a user: the entries of that user alone, the switch and the rows of the log. @throws as {@link purgeCompany} */
  async purgeUser(username: string): Promise<void> {
    await this.purging.user(requireText(username, 'username'));
  }

  private toPolicy({ type, ttl, grace, softTimeout, jitter, earlyRefresh }: SetOptions): EntryPolicy {
    const givenTtlMs = ttl === undefined ? this.options.ttlMs : requireDuration(ttl, 'ttl');
    return {
      ttlMs: this.policy.ttlMs(type) ?? givenTtlMs,
      graceMs: grace === undefined ? 0 : requireDuration(grace, 'grace'),
      softTimeoutMs: softTimeout === undefined ? undefined : requireDuration(softTimeout, 'softTimeout'),
      jitter: jitter === undefined ? undefined : requireShare(jitter, 'jitter'),
      earlyRefresh: earlyRefresh === undefined ? undefined : requireFactor(earlyRefresh, 'earlyRefresh'),
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

function requireShare(share: unknown, what: string): number {
  if (typeof share === 'number' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError(`${what} must be a number from 0 to 1`);
}

function requireFactor(factor: unknown, what: string): number {
  if (typeof factor === 'number' && factor > 0 && Number.isFinite(factor)) return factor;
  throw new InvalidArgumentError(`${what} must be a number above 0`);
}
