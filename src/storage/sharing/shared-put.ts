import { type BatchOperation, type Connection, type LockMode } from '../sql/connection.js';
import { type Database } from '../database.js';
import { type EntryPut } from '../entries/entry-put.js';
import { noteReplaced } from './note-invalidations.js';
import { overtakenAmong } from './overtaken-fills.js';
import { putEntries } from '../entries/put-entries.js';
import { inOrder } from '../sql/sql-connection.js';
import { readSharing } from './sharing.js';

/**
 * {@link putEntries} among several processes: leaves out what another process has overtaken, and notes for the others
 * what is replaced. In the transaction that stores, because a look before it would miss who comes in between. A process
 * that is alone pays one lookup a batch.
 */
export class SharedPut implements BatchOperation<EntryPut> {
  /** As of the last transaction. */
  private others = false;

  constructor(private readonly process: Pick<Database, 'processId' | 'clock'>) {}

  /** A value that is set is noted whenever there is anybody to tell; of a load's answer only the file knows. */
  lockFor(puts: readonly EntryPut[]): LockMode {
    return this.others && puts.some(({ knowing }) => knowing === undefined) ? 'exclusive' : 'shared';
  }

  /** What loads brought is loaded again; where a value that was set is lost, the one before it would be back. */
  mayBeLost(puts: readonly EntryPut[]): boolean {
    return puts.every(({ knowing }) => knowing !== undefined);
  }

  keyOf({ entry }: EntryPut): string {
    return entry.key;
  }

  async apply(connection: Connection, puts: readonly EntryPut[]): Promise<void> {
    const { sql } = connection;
    const sharing = await readSharing(sql, this.process.processId);
    this.others = sharing.others;
    const overtaken = await overtakenAmong(sql, this.process.processId, sharing, puts);
    for (const put of puts) put.overtaken = overtaken.has(put);
    const stored = puts.filter((put) => !put.overtaken);
    const entries = stored.map(({ entry }) => entry);
    await inOrder(
      sql,
      async () => sharing.others && noteReplaced(connection, this.process, stored),
      () => putEntries.apply(connection, entries),
    );
  }
}
