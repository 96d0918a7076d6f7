import { Inject, Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { type Clock } from '../common/clock.js';
import { type DataKeeper } from '../common/data-keeper.js';
import { InvalidArgumentError } from '../common/errors.js';
import { requireKeptText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import {
  UserCacheSettingRepository,
  type UserSwitch,
} from '../storage/repositories/user-cache-setting.repository.js';

/** Whether the cache is on, user by user. */
@Injectable()
export class UserCacheSettingsService implements DataKeeper {
  // Only these are held in memory: few users ever switch the cache off.
  private disabled: ReadonlySet<string> = new Set();
  // Without it, a load that read before a switch could overwrite that switch after it.
  private readonly changes = new Mutex();

  constructor(
    private readonly settings: UserCacheSettingRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Reads the switches of all users. To be called when the app starts, and from time to time to learn what other
   * processes switched.
   * @throws what the store throws; the last known switches stay in force.
   */
  async load(): Promise<void> {
    await this.changes.runExclusive(async () => {
      this.disabled = new Set(await this.settings.disabledUsernames());
    });
  }

  /** Default yes, also before the first {@link load} and for what is no username. Answers from memory: never waits, never fails. */
  isEnabled(username: string): Promise<boolean> {
    return Promise.resolve(this.isEnabledNow(username));
  }

  /** As {@link isEnabled}, for the path of a request, where a promise would cost as much as the answer. @internal */
  isEnabledNow(username: string): boolean {
    return !this.disabled.has(username);
  }

  /**
   * Switches the cache for a user, in this process with the next call.
   * @throws {InvalidArgumentError} when the username is no text of 1 to 200 characters other than U+0000, or `enabled` no boolean.
   * @throws what the store throws; then nothing is switched.
   */
  async setEnabled(username: string, enabled: boolean): Promise<void> {
    const user = requireKeptText(username, 'username');
    if (typeof enabled !== 'boolean') throw new InvalidArgumentError('enabled must be true or false');
    await this.changes.runExclusive(async () => {
      await this.settings.upsert(user, enabled, this.clock.now());
      const others = [...this.disabled].filter((name) => name !== user);
      this.disabled = new Set(enabled ? others : [...others, user]);
    });
  }

  /**
   * Every user whose switch was ever set, by name.
   * @throws what the store throws.
   */
  list(): Promise<UserSwitch[]> {
    return this.settings.all();
  }

  /** Switches are of users. */
  async forgetCompany(): Promise<void> {}

  /** The cache is on for the user again, as for one who was never seen. */
  async forgetUser(username: string): Promise<void> {
    await this.changes.runExclusive(async () => {
      await this.settings.remove(username);
      this.disabled = new Set([...this.disabled].filter((name) => name !== username));
    });
  }
}
