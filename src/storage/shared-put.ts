import { type BatchOperation, type Connection } from './connection.js';
import { type Database } from './database.js';
import { type EntryPut } from './entry-put.js';
import { noteReplaced } from './note-invalidations.js';
import { overtakenAmong } from './overtaken-fills.js';
import { putEntries } from './put-entries.js';
import { readSharing } from './sharing.js';

/**
 * {@link putEntries} among several processes: leaves out what another process has overtaken, and notes for the others
 * what is replaced. In the transaction that stores, because a look before it would miss who comes in between. A process
 * that is alone pays one lookup a batch.
 */
export class SharedPut implements BatchOperation<EntryPut> {
  constructor(private readonly process: Pick<Database, 'processId' | 'clock'>) {}

  async apply(connection: Connection, puts: readonly EntryPut[]): Promise<void> {
    const { sql } = connection;
    const sharing = await readSharing(sql, this.process.processId);
    const overtaken = await overtakenAmong(sql, this.process.processId, sharing, puts);
    for (const put of puts) put.overtaken = overtaken.has(put);
    const stored = puts.filter((put) => !put.overtaken);
    if (sharing.others) await noteReplaced(sql, this.process, stored);
    await putEntries.apply(
      connection,
      stored.map(({ entry }) => entry),
    );
  }
}
