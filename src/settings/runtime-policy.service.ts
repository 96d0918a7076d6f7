import { Injectable } from '@nestjs/common';
import { parseDuration } from '../common/duration.js';
import { InvalidArgumentError } from '../common/errors.js';
import type { RuntimePolicy } from '../common/runtime-policy.js';

/** The settings of `cache_config` that the cache itself obeys; all others are the app's own. */
const PREFIX = 'cache.';

const ENABLED = 'cache.enabled';
const TYPE_ENABLED = /^cache\.enabled\.(.+)$/s;
const TYPE_TTL = /^cache\.ttl\.(.+)$/s;

/**
 * What is set in `cache_config` while the app runs:
 *
 * | key | value |
 * |---|---|
 * | `cache.enabled` | `true` or `false`, for all reports |
 * | `cache.enabled.<type>` | `true` or `false`, for one type |
 * | `cache.ttl.<type>` | the type's TTL, such as `15m` |
 */
@Injectable()
export class RuntimePolicyService implements RuntimePolicy {
  private settings: ReadonlyMap<string, string> = new Map();

  isOn(type: string): boolean {
    const { settings } = this;
    return (
      settings.size === 0 ||
      (settings.get(ENABLED) !== 'false' && settings.get(`${ENABLED}.${type}`) !== 'false')
    );
  }

  ttlMs(type: string): number | undefined {
    return this.settings.size === 0 ? undefined : parseDuration(this.settings.get(`cache.ttl.${type}`));
  }

  /** @throws {InvalidArgumentError} when the key is one of the cache's own and the value none it knows. */
  check(key: string, value: string): void {
    if (!key.startsWith(PREFIX)) return;
    if (key === ENABLED || TYPE_ENABLED.test(key)) {
      if (value !== 'true' && value !== 'false')
        throw new InvalidArgumentError(`${key} must be 'true' or 'false'`);
    } else if (TYPE_TTL.test(key)) {
      if (parseDuration(value) === undefined)
        throw new InvalidArgumentError(`${key} must be a duration such as '15m'`);
    } else {
      throw new InvalidArgumentError(
        `${key} is no setting of the cache: those are cache.enabled, cache.enabled.<type> and cache.ttl.<type>`,
      );
    }
  }

  /** Puts settings in force, with the next request. What the cache does not know, or cannot read, is passed by. */
  apply(settings: Readonly<Record<string, string>>): void {
    this.settings = new Map(Object.entries(settings).filter(([key]) => key.startsWith(PREFIX)));
  }
}
