import { type Database } from '../database.js';
import { UserCacheSetting } from '../entities/user-cache-setting.entity.js';

/** The switch of one user. */
export interface UserSwitch {
  readonly username: string;
  readonly enabled: boolean;
  /** Epoch milliseconds. */
  readonly switchedAt: number;
}

/** Whether the cache is on, user by user. */
export class UserCacheSettingRepository {
  constructor(private readonly database: Database) {}

  find(username: string): Promise<UserCacheSetting | null> {
    return this.database.read((manager) => manager.findOneBy(UserCacheSetting, { username }));
  }

  /** Stores the switch; `createdAt` of an existing row stays. `now` in epoch milliseconds. */
  async upsert(username: string, cacheEnabled: boolean, now: number): Promise<void> {
    await this.database.write((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(UserCacheSetting)
        .values({ username, cacheEnabled, createdAt: now, updatedAt: now })
        .orUpdate(['cache_enabled', 'updated_at'], ['username'])
        .execute(),
    );
  }

  async remove(username: string): Promise<void> {
    await this.database.write((manager) => manager.delete(UserCacheSetting, { username }));
  }

  async all(): Promise<UserSwitch[]> {
    const rows = await this.database.survey((manager) =>
      manager.find(UserCacheSetting, { order: { username: 'ASC' } }),
    );
    return rows.map(({ username, cacheEnabled: enabled, updatedAt: switchedAt }) => ({
      username,
      enabled,
      switchedAt,
    }));
  }

  /** The users for whom the cache is off. */
  async disabledUsernames(): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager.find(UserCacheSetting, { where: { cacheEnabled: false }, order: { username: 'ASC' } }),
    );
    return rows.map((row) => row.username);
  }
}
