import { type Database } from '../database.js';
import { isOfKey, type Removal, removeEntries } from '../entries/remove-entries.js';
import { type BatchOperation, type Connection } from '../sql/connection.js';
import { inOrder } from '../sql/sql-connection.js';
import { noteInvalidations } from './note-invalidations.js';

/** {@link removeEntries} among several processes: notes for the others what is removed, in the same transaction. */
export class SharedRemoval implements BatchOperation<Removal> {
  constructor(private readonly process: Pick<Database, 'processId' | 'clock'>) {}

  lockFor(): 'exclusive' {
    return 'exclusive';
  }

  keyOf(removal: Removal): string | undefined {
    return isOfKey(removal) ? removal.selector.key : undefined;
  }

  asksAtOnce(removals: readonly Removal[]): boolean {
    return removals.every(isOfKey);
  }

  async apply({ sql }: Connection, removals: readonly Removal[]): Promise<void> {
    const selectors = removals.map(({ selector }) => selector);
    await inOrder(
      sql,
      () => noteInvalidations(sql, this.process, selectors),
      () => removeEntries(sql, removals),
    );
  }
}
