import { setImmediate, setTimeout } from 'node:timers/promises';
import { type BatchOperation } from '../../../src/storage/sql/connection.js';
import { Database } from '../../../src/storage/database.js';
import { type Flow } from './flow.js';
import { writeUntilKilled } from './writer.js';

/** Longer than the word of it takes to its parent: on a fast machine a commit is sooner there. */
const COMMITTED_AFTER_MS = 10;

/** The mutant: acknowledges a write at once, and commits it a moment later. */
class HastyDatabase extends Database {
  override async enqueue<Item>(operation: BatchOperation<Item>, item: Item, bytes?: number): Promise<void> {
    setTimeout(COMMITTED_AFTER_MS)
      .then(() => super.enqueue(operation, item, bytes))
      .catch(() => undefined);
    await setImmediate();
  }
}

const [type, path, flows] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
await writeUntilKilled(
  new HastyDatabase({ type, path, busyTimeoutMs: 5_000 }),
  JSON.parse(flows) as readonly Flow[],
);
