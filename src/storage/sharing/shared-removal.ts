import { type Database } from '../database.js';
import { type Removal, removeEntries } from '../entries/remove-entries.js';
import { type BatchOperation, type Connection } from '../sql/connection.js';
import { noteInvalidations } from './note-invalidations.js';

/** {@link removeEntries} among several processes: notes for the others what is removed, in the same transaction. */
export class SharedRemoval implements BatchOperation<Removal> {
  constructor(private readonly process: Pick<Database, 'processId' | 'clock'>) {}

  lockFor(): 'exclusive' {
    return 'exclusive';
  }

  async apply({ sql }: Connection, removals: readonly Removal[]): Promise<void> {
    await noteInvalidations(
      sql,
      this.process,
      removals.map(({ selector }) => selector),
    );
    await removeEntries(sql, removals);
  }
}
