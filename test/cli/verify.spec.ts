import { openSync, readFileSync, readdirSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startCacheApp } from '../module/cache-app.js';
import { commandLine } from './command-line.js';
import { put, rowsIn, storeFile, tamperWith } from './some-store.js';

const cli = commandLine();
const PAGE = 4_096;

const filled = () =>
  storeFile((database) =>
    put(
      database,
      { key: 'a', companyId: '7', tags: ['march'], bytes: Buffer.from('first') },
      { key: 'b', companyId: '8', bytes: Buffer.from('second') },
      { key: 'c', companyId: null, tags: ['march'], bytes: Buffer.from('third') },
    ),
  );

describe('verify', () => {
  test('finds nothing wrong with a store in use, and writes nothing into it', async () => {
    const app = await startCacheApp();
    await app.service.set('k', { total: 12 }, { type: 'sales', companyId: 7, tags: ['march'] });
    const before = await app.rows('SELECT * FROM cache_processes');
    const { report, exitCode } = await cli.run('verify', '--json', '--database', app.path);
    expect(report).toEqual({ entries: 1, complete: true, found: 0, left: 0, problems: [] });
    expect(exitCode).toBe(0);
    expect(await app.rows('SELECT * FROM cache_processes')).toEqual(before);
  });

  test.each<[string, string[], string, object]>([
    [
      'a flipped bit in a payload',
      [`UPDATE cache_payloads SET body = CAST('Second' AS BLOB) WHERE cache_key = 'b'`],
      'entries',
      { subject: 'b' },
    ],
    [
      'an entry that was put off',
      [`UPDATE cache_entries SET expires_at = expires_at + 1 WHERE cache_key = 'a'`],
      'entries',
      { subject: 'a' },
    ],
    [
      'an entry without its bytes',
      [`DELETE FROM cache_payloads WHERE cache_key = 'a'`],
      'entries',
      { subject: 'a' },
    ],
    [
      'a payload that belongs to nothing',
      [`INSERT INTO cache_payloads VALUES ('x', 'value/1', 0, x'00')`],
      'totals',
      { rows: 1 },
    ],
    [
      'tags that belong to nothing',
      [`INSERT INTO cache_entry_tags VALUES ('t', 'x')`],
      'totals',
      { rows: 1 },
    ],
    ['a wrong total', [`UPDATE cache_counters SET value = 99`], 'totals', { rows: 2 }],
    ['a total that is missing', [`DELETE FROM cache_counters`], 'totals', { rows: 2 }],
    [
      'a wrong size',
      [`UPDATE cache_entries SET byte_size = 99 WHERE cache_key = 'a'`],
      'totals',
      { rows: 1 },
    ],
    [
      'a wrong sum of a company',
      [`UPDATE cache_company_sizes SET entries = 5 WHERE company_id = '7'`],
      'totals',
      { rows: 1 },
    ],
    [
      'a sum of a company that has nothing',
      [`INSERT INTO cache_company_sizes VALUES ('9', 1, 1)`],
      'totals',
      { rows: 1 },
    ],
    [
      'a trigger that is missing',
      [`DROP TRIGGER cache_entries_deleted`],
      'schema',
      { problem: 'is missing', subject: 'trigger cache_entries_deleted' },
    ],
    [
      'an index that is missing',
      [`DROP INDEX idx_cache_entries_expires_at`],
      'schema',
      { problem: 'is missing', subject: 'index idx_cache_entries_expires_at' },
    ],
  ])('finds %s, and mends it when it is asked to', async (_what, statements, check, problem) => {
    const path = await filled();
    await tamperWith(path, ...statements);
    const found = await cli.run('verify', '--json', '--database', path);
    expect(found.exitCode).toBe(1);
    expect(found.report['left']).toBe(found.report['found']);
    expect(found.report['problems']).toEqual(
      expect.arrayContaining([expect.objectContaining({ check, repaired: false, ...problem })]),
    );

    const repaired = await cli.run('verify', '--repair', '--json', '--database', path);
    expect(repaired.report).toMatchObject({ found: found.report['found'], left: 0 });
    expect(repaired.exitCode).toBe(0);
    expect(await cli.run('verify', '--database', path)).toMatchObject({ exitCode: 0 });
  });

  test('removes what is damaged and nothing else', async () => {
    const path = await filled();
    await tamperWith(path, `UPDATE cache_payloads SET checksum = checksum + 1 WHERE cache_key = 'b'`);
    await cli.run('verify', '--repair', '--database', path);
    const left = await rowsIn<{ cache_key: string }>(path, 'SELECT cache_key FROM cache_payloads ORDER BY 1');
    expect(left.map((row) => row.cache_key)).toEqual(['a', 'c']);
  });

  test('tells of a trigger that is another one, which it cannot mend', async () => {
    const path = await filled();
    await tamperWith(
      path,
      'DROP TRIGGER cache_entries_inserted',
      'CREATE TRIGGER cache_entries_inserted AFTER INSERT ON cache_entries BEGIN SELECT 1; END',
    );
    const { report, exitCode } = await cli.run('verify', '--repair', '--json', '--database', path);
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ left: 1, problems: [{ problem: 'is different', repaired: false }] });
  });

  test('rebuilds an index that misses a row, and the entry behind it can be dropped again', async () => {
    const path = await filled();
    await tamperWith(
      path,
      'PRAGMA writable_schema = ON',
      `UPDATE sqlite_master SET sql = sql || ' WHERE company_id <> ''7''' WHERE name = 'idx_cache_entries_company_id'`,
    );
    await tamperWith(path, 'REINDEX idx_cache_entries_company_id');
    await tamperWith(
      path,
      'PRAGMA writable_schema = ON',
      `UPDATE sqlite_master SET sql = substr(sql, 1, instr(sql, ' WHERE') - 1) WHERE name = 'idx_cache_entries_company_id'`,
    );
    const found = await cli.run('verify', '--json', '--database', path);
    expect(found.exitCode).toBe(1);
    expect(found.report).toMatchObject({ complete: true });
    expect(await cli.run('verify', '--repair', '--database', path)).toMatchObject({ exitCode: 0 });
    const cleared = await cli.run('clear', '--company', '7', '--yes', '--json', '--database', path);
    expect(cleared.report).toMatchObject({ removed: 1 });
  });

  test.each(['cache_entries', 'cache_payloads', 'reports_cache_migrations'])(
    'leaves a file with a page of garbage in %s in its place, and says so',
    async (table) => {
      const path = await filled();
      const [root] = await rowsIn<{ rootpage: number }>(
        path,
        `SELECT rootpage FROM sqlite_master WHERE name = '${table}'`,
      );
      const file = openSync(path, 'r+');
      const [page, garbage] = [(root!.rootpage - 1) * PAGE, Buffer.alloc(PAGE, 0xa5)];
      writeSync(file, garbage, 0, PAGE, page);
      closeSync(file);
      const { report, exitCode } = await cli.run('verify', '--repair', '--json', '--database', path);
      expect(exitCode).toBe(1);
      expect(report).toMatchObject({ complete: false });
      expect(readdirSync(dirname(path)).filter((name) => name.includes('damaged'))).toEqual([]);
      expect(
        readFileSync(path)
          .subarray(page, page + PAGE)
          .equals(garbage),
      ).toBe(true);
    },
  );

  test('reports a file cut short as damaged', async () => {
    const path = await filled();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / PAGE / 2) * PAGE));
    expect(await cli.run('verify', '--database', path)).toMatchObject({ exitCode: 1 });
  });
});
