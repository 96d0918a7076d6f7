import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Store } from '../../src/cli/store/store.js';
import { CopyCheck } from '../../src/cli/transfer/copy-check.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { databaseOptions, openDatabase } from '../storage/open-database.js';
import { hasPostgres, inPostgres, POSTGRES_URL, tempSchema } from '../support/postgres.js';
import { tempFolder } from '../support/temp-folder.js';
import { commandLine } from './command-line.js';
import { put, putPermanentRows, rowsIn, storeFile, tamperWith } from './some-store.js';

const cli = commandLine();
const THEN = Date.now() - 3_600_000;

const filled = () =>
  storeFile(async (database) => {
    await putPermanentRows(database, THEN);
    await put(
      database,
      { key: 'watched', companyId: '7', tags: ['a', 'b'], bytes: Buffer.from([0, 255, 39]) },
      { key: 'unwatched', companyId: '8' },
    );
  });

const ENTRIES = 3_000;

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, bytes: Buffer.alloc(4_096, index) }));

/** How many entries a store that is being made has by now. */
async function arrived(path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  const rows = await rowsIn(path, 'SELECT COUNT(*) AS entries FROM cache_entries').catch(() => []);
  return Number((rows as { entries: number }[])[0]?.entries ?? 0);
}

describe('copy', () => {
  test('begins the other store, brings every row into it, checks them, and is no more the second time', async () => {
    const [from, to] = [await filled(), join(tempFolder(), 'other.sqlite')];
    const run = () => cli.run('copy', '--to', to, '--json', '--database', from);
    const first = await run();
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const added = { added: 1, changed: 0, same: 0, newer: 0 };
    expect(first.report).toMatchObject({ ok: true, rows: { mapping: added, setting: added, config: added } });
    expect((await run()).report).toMatchObject({ ok: true, rows: { mapping: { added: 0, same: 1 } } });
    const value = 'SELECT value FROM cache_config';
    expect(await rowsIn(to, value)).toEqual(await rowsIn(from, value));
    expect(await rowsIn(to, 'SELECT 1 FROM cache_entries')).toEqual([]);
  });

  test('tells of what does not arrive', async () => {
    const [from, to] = [await filled(), await storeFile()];
    await tamperWith(
      to,
      `CREATE TRIGGER lossy AFTER INSERT ON schema_mappings BEGIN DELETE FROM schema_mappings; END`,
    );
    const { report, exitCode } = await cli.run('copy', '--to', to, '--json', '--database', from);
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ ok: false, checked: { mapping: { from: { rows: 1 }, to: { rows: 0 } } } });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that is ended by %s in the middle goes on where it was, and stores nothing twice',
    async (signal) => {
      const from = await storeFile(async (database) => {
        await putPermanentRows(database, THEN);
        await put(database, ...many(ENTRIES));
      });
      const to = join(tempFolder(), 'other.sqlite');
      const args = ['copy', '--to', to, '--entries', 'all', '--json', '--database', from];
      const broken = cli.start(...args);
      await expect.poll(() => arrived(to), { interval: 5, timeout: 60_000 }).toBeGreaterThan(0);
      broken.process.kill(signal);
      const { exitCode } = await broken.ended;
      const before = await arrived(to);
      expect(exitCode).not.toBe(0);
      expect(before).toBeLessThan(ENTRIES);
      const { report } = await cli.run(...args);
      expect(report).toMatchObject({
        ok: true,
        rows: { mapping: { added: 0, same: 1 } },
        entries: { added: ENTRIES - before, newer: before },
        checked: { entry: { from: { rows: ENTRIES }, to: { rows: ENTRIES } } },
      });
      const held = 'SELECT cache_key, format, hex(body) AS body FROM cache_payloads ORDER BY cache_key';
      expect(await rowsIn(to, held)).toEqual(await rowsIn(from, held));
    },
  );

  test('names the tables that differ, stored answers among them', async () => {
    const [from, to] = [await filled(), await storeFile()];
    for (const write of ['INSERT', 'UPDATE'])
      await tamperWith(
        to,
        `CREATE TRIGGER older_${write} AFTER ${write} ON cache_payloads WHEN NEW.cache_key = 'watched'
         BEGIN UPDATE cache_entries SET created_at = created_at - 1 WHERE cache_key = NEW.cache_key; END`,
      );
    const args = ['--to', to, '--entries', 'all', '--database', from];
    const { report, exitCode } = await cli.run('copy', ...args, '--json');
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ ok: false, different: ['cache_entries'] });
    const { stdout } = await cli.run('copy', ...args);
    expect(stdout).toContain('different: cache_entries');
  });

  test('refuses to copy a store onto itself, and makes nothing of a source that is not there', async () => {
    const from = await filled();
    expect(await cli.run('copy', '--to', from, '--database', from)).toMatchObject({ exitCode: 3 });
    const to = join(tempFolder(), 'other.sqlite');
    expect(await cli.run('copy', '--to', to, '--database', '/nowhere/x')).toMatchObject({ exitCode: 4 });
    expect(existsSync(to)).toBe(false);
  });
});

describe('the check of a copy', () => {
  test('finds a row that did not arrive, and none that the app changed meanwhile', async () => {
    const stores = [await openedStore(), await openedStore()] as const;
    await new CacheConfigRepository(stores[0].database).upsert('cache.ttl.ledger', '1h', THEN);
    const differs = async (begunAt: number) => {
      const { config } = await new CopyCheck(...stores, begunAt, new AbortController().signal).permanent();
      return config.from.rows !== config.to.rows;
    };
    expect(await differs(THEN + 1)).toBe(true);
    expect(await differs(THEN)).toBe(false);
  });
});

async function openedStore(): Promise<Store> {
  const options = databaseOptions();
  return new Store(await openDatabase(options), options);
}

describe.skipIf(!hasPostgres)('a store on PostgreSQL', () => {
  test(
    'takes over a file, and can be looked at, checked and cleared like one',
    { timeout: 60_000 },
    async () => {
      const [from, schema] = [await filled(), tempSchema()];
      const onServer = ['--json', '--database', POSTGRES_URL, '--schema', schema];
      const copied = await cli.run(
        'copy',
        '--to',
        POSTGRES_URL,
        '--schema',
        schema,
        '--entries',
        'all',
        '--json',
        '--database',
        from,
      );
      expect(copied).toMatchObject({ exitCode: 0, stderr: '' });
      expect(copied.report).toMatchObject({
        ok: true,
        entries: { added: 2 },
        rows: { watermark: { added: 1 } },
      });
      const rows = await inPostgres(`SELECT username, cache_enabled FROM "${schema}".user_cache_settings`);
      expect(rows).toEqual([{ username: 'ada', cache_enabled: false }]);

      const stats = await cli.run('stats', ...onServer);
      expect(stats.stderr).toBe('');
      expect(stats.report).toMatchObject({ processes: 0, entries: { totalEntries: 2 }, rows: { config: 1 } });
      expect(await cli.run('verify', ...onServer)).toMatchObject({ exitCode: 0 });
      expect(await cli.run('vacuum', '--full', ...onServer)).toMatchObject({ exitCode: 3 });
      const cleared = await cli.run('clear', '--tag', 'b', '--yes', ...onServer);
      expect(cleared.report).toMatchObject({ removed: 1 });
      const { report } = await cli.run('entries', ...onServer);
      expect(report).toMatchObject({ total: 1, entries: [{ key: 'unwatched', companyId: '8' }] });
    },
  );

  test('is not begun by looking at it, and its password is told to nobody', async () => {
    const schema = tempSchema();
    const url = new URL(POSTGRES_URL);
    url.password = 'secret';
    const run = await cli.run('stats', '--database', url.href, '--schema', schema);
    expect(run).toMatchObject({ exitCode: 4, stdout: '' });
    expect(run.stderr).not.toContain('secret');
    expect(await inPostgres('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])).toEqual([]);
  });
});
