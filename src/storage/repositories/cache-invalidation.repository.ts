import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';

/** What a process dropped or replaced. */
export interface NotedInvalidation {
  /** Rises in the order of the commits. */
  readonly id: number;
  /** The process that did it. */
  readonly origin: string;
  readonly selector: EntrySelector;
  /** Epoch milliseconds, by the store's clock. */
  readonly notedAt: number;
}

interface InvalidationRow {
  readonly id: number;
  readonly origin: string;
  readonly selector: string;
  readonly noted_at: number;
}

/** What the processes that share the file dropped or replaced; noted in the transactions that did it. */
export class CacheInvalidationRepository {
  constructor(private readonly database: Database) {}

  async newest(): Promise<NotedInvalidation> {
    const [row] = await this.database.readAhead((_manager, sql) => sql.all<InvalidationRow>(NEWEST));
    return toInvalidation(row!);
  }

  /** The oldest first, that of the id itself included, at most `limit`. */
  async from(id: number, limit: number): Promise<NotedInvalidation[]> {
    const rows = await this.database.readAhead((_manager, sql) =>
      sql.all<InvalidationRow>(FROM, [id, limit]),
    );
    return rows.map(toInvalidation);
  }

  /** Removes those beyond the newest `kept`, and those noted before `oldest`, at most `limit`; returns how many. */
  prune(kept: number, oldest: number, limit: number): Promise<number> {
    return this.database.write((_manager, sql) => sql.run(PRUNE, [kept, oldest, limit]));
  }

  /** Removes all of them, since keys and selectors may name a user or company. Whoever was behind has lost its place. */
  async removeAll(): Promise<void> {
    const { processId, clock } = this.database;
    await this.database.write(async (_manager, sql) => {
      await sql.run(NOTE_ALL, [processId, clock.now()]);
      await sql.run(REMOVE_OLDER);
    }, 'exclusive');
  }
}

function toInvalidation({ id, origin, selector, noted_at: notedAt }: InvalidationRow): NotedInvalidation {
  return { id, origin, selector: JSON.parse(selector) as EntrySelector, notedAt };
}

const NEWEST = 'SELECT id, origin, selector, noted_at FROM cache_invalidations ORDER BY id DESC LIMIT 1';

const FROM =
  'SELECT id, origin, selector, noted_at FROM cache_invalidations WHERE id >= ? ORDER BY id LIMIT ?';

const PRUNE = `
  DELETE FROM cache_invalidations WHERE id IN (
    SELECT id FROM cache_invalidations
    WHERE id < (SELECT MAX(id) FROM cache_invalidations)
      AND (id <= (SELECT MAX(id) FROM cache_invalidations) - ? OR noted_at < ?)
    ORDER BY id LIMIT ?)`;

const NOTE_ALL = `INSERT INTO cache_invalidations (origin, selector, noted_at) VALUES (?, '{}', ?)`;

const REMOVE_OLDER = 'DELETE FROM cache_invalidations WHERE id < (SELECT MAX(id) FROM cache_invalidations)';
