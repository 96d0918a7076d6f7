import { type Database } from '../database.js';
import { noteInvalidations } from '../sharing/note-invalidations.js';
import { type SqlText } from '../sql/dialect.js';

/** No cache key of a route begins like this. */
const JOINED_KEY = 'reports-cache:joined';

/** Who shares the file, as one process sees it. */
export interface Census {
  /** Whether this process is among those whom the others tell what they drop. */
  readonly joined: boolean;
  /** Live processes beside this one. */
  readonly others: number;
}

/** The processes that share the file. Times are epoch milliseconds. */
export class CacheProcessRepository {
  constructor(private readonly database: Database) {}

  /** What this process is called among them. */
  get processId(): string {
    return this.database.processId;
  }

  /** @throws {StoreUnavailableError} also when a server only reads: nobody could note there what he drops. */
  async census(now: number): Promise<Census> {
    const { processId } = this.database;
    const [row] = await this.database.readAhead((_manager, sql) =>
      sql.all<{ joined: number; others: number }>(CENSUS, [processId, processId, now]),
    );
    return { joined: row!.joined > 0, others: row!.others };
  }

  /**
   * From its commit on, this process is told what others drop and replace: nobody writes beside it without a note. They
   * learn of it at once where they hear notices, by the drop of an entry that nobody has.
   */
  async join(aliveUntil: number): Promise<void> {
    const parameters = [this.database.processId, aliveUntil];
    await this.database.write(async (_manager, sql) => {
      await sql.run(JOIN, parameters);
      await noteInvalidations(sql, this.database, [{ key: JOINED_KEY }]);
    }, 'exclusive');
  }

  /** Stays alive for longer; does nothing for a process that has not joined, or was declared dead. */
  async stayAlive(aliveUntil: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(STAY_ALIVE, [aliveUntil, this.database.processId]));
  }

  async leave(): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(LEAVE, [this.database.processId]));
  }

  async removeDead(now: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_DEAD, [now]));
  }
}

const COUNTS = `
  SELECT (SELECT COUNT(*) FROM cache_processes WHERE process_id = ?) AS joined,
         (SELECT COUNT(*) FROM cache_processes WHERE process_id <> ? AND alive_until > ?) AS others`;

/** To lock a row, were there one, is refused by a server that only reads. */
const CENSUS: SqlText = {
  sqlite: COUNTS,
  postgres: `${COUNTS}, (SELECT 1 FROM cache_processes WHERE false FOR KEY SHARE) AS writable`,
};

const JOIN = `
  INSERT INTO cache_processes (process_id, alive_until) VALUES (?, ?)
  ON CONFLICT (process_id) DO UPDATE SET alive_until = excluded.alive_until`;

const STAY_ALIVE = 'UPDATE cache_processes SET alive_until = ? WHERE process_id = ?';

const LEAVE = 'DELETE FROM cache_processes WHERE process_id = ?';

const REMOVE_DEAD = 'DELETE FROM cache_processes WHERE alive_until <= ?';
