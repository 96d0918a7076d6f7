import { type Database } from '../database.js';

/** What stands between a process and a load: nobody, one that loads, or one that stopped renewing its lease. */
export type LeaseState = 'free' | 'held' | 'expired';

/** Which process loads which key. Times are epoch milliseconds. */
export class CacheLeaseRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the lease of a key, unless another process holds it and it has not expired. Its own it takes again: the load
   * it was for has been overtaken then, and brings nothing that those who wait could have.
   * @returns whether it is this process's now.
   */
  async acquire(key: string, now: number, expiresAt: number): Promise<boolean> {
    const { processId } = this.database;
    const parameters = [key, processId, expiresAt, now];
    return (await this.database.write((_manager, sql) => sql.run(ACQUIRE, parameters))) > 0;
  }

  /** Does nothing when another process has taken over. */
  async renew(key: string, expiresAt: number): Promise<void> {
    const { processId } = this.database;
    await this.database.write((_manager, sql) => sql.run(RENEW, [expiresAt, key, processId]));
  }

  /** Queued before it returns, so that what was stored before is there when the lease ends. */
  async release(key: string): Promise<void> {
    const { processId } = this.database;
    await this.database.write((_manager, sql) => sql.run(RELEASE, [key, processId]));
  }

  async stateOf(key: string, now: number): Promise<LeaseState> {
    const [row] = await this.database.read((_manager, sql) => sql.all<{ expires_at: number }>(FIND, [key]));
    if (row === undefined) return 'free';
    return now < row.expires_at ? 'held' : 'expired';
  }

  /** Those of processes that died, for keys that nobody has asked for since. */
  async removeExpired(now: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_EXPIRED, [now]));
  }
}

const ACQUIRE = `
  INSERT INTO cache_leases (cache_key, holder, expires_at) VALUES (?, ?, ?)
  ON CONFLICT (cache_key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE cache_leases.holder = excluded.holder OR cache_leases.expires_at <= ?`;

const RENEW = 'UPDATE cache_leases SET expires_at = ? WHERE cache_key = ? AND holder = ?';

const RELEASE = 'DELETE FROM cache_leases WHERE cache_key = ? AND holder = ?';

const FIND = 'SELECT expires_at FROM cache_leases WHERE cache_key = ?';

const REMOVE_EXPIRED = 'DELETE FROM cache_leases WHERE expires_at <= ?';
