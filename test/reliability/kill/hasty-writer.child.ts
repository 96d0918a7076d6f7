import { setImmediate } from 'node:timers/promises';
import { type BatchOperation } from '../../../src/storage/connection.js';
import { Database } from '../../../src/storage/database.js';
import { type Flow } from './flow.js';
import { writeUntilKilled } from './writer.js';

/** The mutant: acknowledges a write once it is queued. */
class HastyDatabase extends Database {
  override async enqueue<Item>(operation: BatchOperation<Item>, item: Item, bytes?: number): Promise<void> {
    super.enqueue(operation, item, bytes).catch(() => undefined);
    await setImmediate();
  }
}

const [type, path, flows] = process.argv.slice(2) as ['sqlite' | 'better-sqlite3', string, string];
await writeUntilKilled(
  new HastyDatabase({ type, path, busyTimeoutMs: 5_000 }),
  JSON.parse(flows) as readonly Flow[],
);
