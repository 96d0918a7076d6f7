import { once } from 'node:events';
import { expect, test } from 'vitest';
import { childProgram } from '../support/child-process.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';

const startChild = childProgram('test/storage/open-and-write.child.ts');
const drivers: Driver[] = ['sqlite', 'better-sqlite3'];

test.each(drivers)(
  '8 processes that start on one missing file all start, and none loses a write (%s)',
  { timeout: 60_000 },
  async (driver) => {
    const options = databaseOptions(driver);
    const children = Array.from({ length: 8 }, (_, index) =>
      startChild([driver, options.path, `process-${index}`]),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    const ends = children.map((child) => once(child, 'exit'));
    for (const child of children) child.send('go');
    expect((await Promise.all(ends)).map(([code]) => code as number)).toEqual(Array(8).fill(0));
    const database = await openDatabase(options);
    expect(await rowsOf(database, 'SELECT COUNT(*) AS count FROM cache_config')).toEqual([{ count: 160 }]);
    const migrations = await rowsOf<{ name: string }>(database, 'SELECT name FROM reports_cache_migrations');
    expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
    expect(await database.write((_manager, sql) => sql.pragma('auto_vacuum'))).toEqual([{ auto_vacuum: 2 }]);
  },
);
