import { type Database } from '../database.js';
import { inEachDialect } from '../sql/dialect.js';

/** What stands between a process and a load: nobody, one that loads, or one that stopped renewing its lease. */
export type LeaseState = 'free' | 'held' | 'expired';

/** No cache key of a route begins like this. */
const JOB_PREFIX = 'reports-cache:job:';

/**
 * Which process loads which key, and which does which job. Times are epoch milliseconds.
 *
 * Each row is taken by a statement of its own. Rejected: in the transactions of the write gate, where two processes that
 * take several in another order wait for one another, and a load waits for whatever is being stored. A lease that a
 * crash of the server loses costs a load.
 */
export class CacheLeaseRepository {
  private taken = 0;

  constructor(private readonly database: Database) {}

  /**
   * Takes the lease of a key, unless another process holds it and it has not expired. Its own it takes again: the load
   * it was for has been overtaken then, and brings nothing that those who wait could have.
   * @returns who holds it now, for {@link renew} and {@link release}: each lease has a holder of its own, so that the
   * end of the overtaken one is not the end of this; `undefined` when another process has it.
   */
  async acquire(key: string, now: number, expiresAt: number): Promise<string | undefined> {
    const holder = `${this.database.processId}/${(this.taken += 1)}`;
    const parameters = [key, holder, expiresAt, now, `${this.database.processId}/%`];
    const acquire = (): Promise<number> => this.database.writeBeside(ACQUIRE, parameters);
    const changed = await this.database.surely(acquire);
    return changed > 0 ? holder : undefined;
  }

  /** Does nothing when another lease has taken over. */
  async renew(key: string, holder: string, expiresAt: number): Promise<void> {
    await this.database.writeBeside(RENEW, [expiresAt, key, holder]);
  }

  /** Behind what is queued when it is called: what was stored before is there when the lease ends. */
  async release(key: string, holder: string): Promise<void> {
    await this.database.surely(() => this.database.writeBehind(RELEASE, [key, holder]));
  }

  async stateOf(key: string, now: number): Promise<LeaseState> {
    const [row] = await this.database.read((_manager, sql) => sql.all<{ expires_at: number }>(FIND, [key]));
    if (row === undefined) return 'free';
    return now < row.expires_at ? 'held' : 'expired';
  }

  /**
   * Takes a job, or keeps it, unless another process has it that is alive and did not let it expire. Whether it is
   * alive tells its row among the processes, which is kept anyway; a job's lease so needs no renewing in between.
   * @returns whether it is this process's now.
   */
  async acquireJob(job: string, now: number, expiresAt: number): Promise<boolean> {
    const { processId } = this.database;
    const parameters = [JOB_PREFIX + job, processId, expiresAt, now, now];
    return (await this.database.writeBeside(ACQUIRE_JOB, parameters)) > 0;
  }

  /** Leaves a job to whoever asks for it next. */
  async releaseJob(job: string): Promise<void> {
    const parameters = [JOB_PREFIX + job, this.database.processId];
    await this.database.write((_manager, sql) => sql.run(RELEASE_JOB, parameters));
  }

  /** Those of processes that died, for keys that nobody has asked for since. */
  async removeExpired(upTo: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_EXPIRED, [upTo]));
  }
}

const TAKE = `
  ON CONFLICT (cache_key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE cache_leases.expires_at <= ?`;

const ACQUIRE = inEachDialect(
  ({ unhurried }) => `
  INSERT INTO cache_leases (cache_key, holder, expires_at) SELECT ?, ?, CAST(? AS bigint) WHERE ${unhurried}
  ${TAKE} OR cache_leases.holder LIKE ?`,
);

const ACQUIRE_JOB = `
  INSERT INTO cache_leases (cache_key, holder, expires_at) VALUES (?, ?, ?)
  ${TAKE} OR cache_leases.holder = excluded.holder OR NOT EXISTS (
    SELECT 1 FROM cache_processes WHERE process_id = cache_leases.holder AND alive_until > ?)`;

const RENEW = inEachDialect(
  ({ unhurried }) => `
  UPDATE cache_leases SET expires_at = ? WHERE cache_key = ? AND holder = ? AND ${unhurried}`,
);

const RELEASE_JOB = 'DELETE FROM cache_leases WHERE cache_key = ? AND holder = ?';

const RELEASE = inEachDialect(({ unhurried }) => `${RELEASE_JOB} AND ${unhurried}`);

const FIND = 'SELECT expires_at FROM cache_leases WHERE cache_key = ?';

const REMOVE_EXPIRED = 'DELETE FROM cache_leases WHERE expires_at <= ?';
