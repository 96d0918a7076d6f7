import { expect, test, vi } from 'vitest';
import { VIEW_PATHS, type ViewName } from '../../src/dashboard/api/contract.js';
import type { SqlConnection, SqlValue } from '../../src/storage/sql/sql-connection.js';
import { startDashboard } from './support/dashboard-app.js';

/** Tables that a view may look through row by row. */
const LARGE = /(performance_log|performance_rollups|cache_entries|cache_audit_log|cache_health_samples)\b/;

test('no view looks through a large table on the connection that reports are looked up by', async () => {
  const { fill, view, act, database } = await startDashboard();
  await fill();
  await act('set-user-enabled', { username: 'bob', enabled: false });
  const key = (await view('entries')).entries[0]!.key;
  const texts: string[] = [];
  const read = database.read.bind(database);
  vi.spyOn(database, 'read').mockImplementation((work) =>
    read((manager, sql) => work(manager, overheard(sql, texts))),
  );
  for (const name of Object.keys(VIEW_PATHS) as ViewName[]) await view(name, name === 'entry' ? { key } : {});
  expect(texts.filter((text) => LARGE.test(text))).toEqual([]);
});

function overheard(sql: SqlConnection, texts: string[]): SqlConnection {
  const all = <Row>(text: never, parameters?: readonly SqlValue[]): Promise<Row[]> => {
    texts.push(JSON.stringify(text));
    return sql.all<Row>(text, parameters);
  };
  return new Proxy(sql, { get: (target, name) => (name === 'all' ? all : Reflect.get(target, name)) });
}
