import { Inject, Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { type Clock } from '../common/clock.js';
import { InvalidArgumentError } from '../common/errors.js';
import { requireKeptText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { CacheConfigRepository } from '../storage/repositories/cache-config.repository.js';
import { RuntimePolicyService } from './runtime-policy.service.js';

/** Keys that begin so are this module's own. */
export const RESERVED_KEY_PREFIX = 'reports-cache:';

const MAX_VALUE_LENGTH = 65_536;

/**
 * Settings that change while the app runs: texts by key, kept in the cache's file. Those that {@link
 * RuntimePolicyService} names steer the cache itself, with the next request; all others are the app's own.
 */
@Injectable()
export class CacheConfigService {
  // Without it, a load that read before a change could put the old settings in force after it.
  private readonly changes = new Mutex();

  constructor(
    private readonly entries: CacheConfigRepository,
    private readonly policy: RuntimePolicyService,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The value; `undefined` when the key is not set.
   * @throws {InvalidArgumentError} for a key that is reserved or no text of 1 to 200 characters other than U+0000.
   */
  async get(key: string): Promise<string | undefined> {
    const entry = await this.entries.find(requireKey(key));
    return entry?.value;
  }

  /**
   * @throws {InvalidArgumentError} for a key as in {@link get}, a value that is no text of up to 65,536
   * characters other than U+0000, or one that the cache's own setting of this key does not take.
   */
  async set(key: string, value: string): Promise<void> {
    const text = requireValue(value);
    this.policy.check(requireKey(key), text);
    await this.changes.runExclusive(async () => {
      await this.entries.upsert(key, text, this.clock.now());
      await this.apply();
    });
  }

  /**
   * Whether the key was set.
   * @throws {InvalidArgumentError} for a key as in {@link get}.
   */
  async delete(key: string): Promise<boolean> {
    const name = requireKey(key);
    return this.changes.runExclusive(async () => {
      const removed = await this.entries.remove(name);
      await this.apply();
      return removed;
    });
  }

  /**
   * Puts the stored settings in force. To be called when the app starts, and from time to time to learn what other
   * processes set.
   * @throws what the store throws; the last known settings stay in force.
   */
  async load(): Promise<void> {
    await this.changes.runExclusive(() => this.apply());
  }

  /** Every setting by its key, without the reserved ones. The record has no prototype, so any key is safe to look up. */
  async all(): Promise<Record<string, string>> {
    const settings = Object.create(null) as Record<string, string>;
    for (const { key, value } of await this.entries.all()) {
      if (!key.startsWith(RESERVED_KEY_PREFIX)) settings[key] = value;
    }
    return settings;
  }

  private async apply(): Promise<void> {
    this.policy.apply(await this.all());
  }
}

function requireKey(key: unknown): string {
  const text = requireKeptText(key, 'key');
  if (!text.startsWith(RESERVED_KEY_PREFIX)) return text;
  throw new InvalidArgumentError(`key must not begin with '${RESERVED_KEY_PREFIX}', which is reserved`);
}

function requireValue(value: unknown): string {
  return value === '' ? '' : requireKeptText(value, 'value', MAX_VALUE_LENGTH);
}
