import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveOptions } from '../../src/common/options.schema.js';
import { AesGcmCipher } from '../../src/storage/entries/aes-gcm-cipher.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import {
  PERMANENT_KINDS,
  PermanentRowsRepository,
} from '../../src/storage/repositories/permanent-rows.repository.js';
import { startCacheApp } from '../module/cache-app.js';
import { tempFolder } from '../support/temp-folder.js';
import { commandLine } from './command-line.js';
import { freshEntry, inStore, put, putPermanentRows, rowsIn, storeFile, tamperWith } from './some-store.js';

const cli = commandLine();
const HOUR = 3_600_000;
const THEN = Date.now() - 24 * HOUR;

async function exported(path: string, ...args: string[]): Promise<string> {
  const file = join(tempFolder(), 'export.ndjson');
  const run = await cli.run('export', '--output', file, ...args, '--database', path);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  return file;
}

/** All rows that outlive every entry. */
const permanentRows = (path: string) =>
  inStore(path, async (database) => {
    const rows = new PermanentRowsRepository(database);
    const found: unknown[] = [];
    for (const kind of PERMANENT_KINDS) for await (const page of rows.pages(kind, 2)) found.push(...page);
    return found;
  });

const entryRows = (path: string) =>
  rowsIn(
    path,
    `SELECT e.*, hex(p.body) AS body, p.format, (SELECT json_group_array(tag) FROM cache_entry_tags t
     WHERE t.cache_key = e.cache_key) AS own_tags
     FROM cache_entries e JOIN cache_payloads p USING (cache_key) ORDER BY e.cache_key`,
  );

const NO_ENTRIES = { added: 0, newer: 0, expired: 0, unwatched: 0, damaged: 0, 'left out': 0 };

describe('export and import', () => {
  test('carry over every row that no source can bring back, times included, and no entry', async () => {
    const path = await storeFile(async (database) => {
      await putPermanentRows(database, THEN);
      await put(database, {});
    });
    const file = await exported(path);
    const target = await storeFile();
    const { report, exitCode } = await cli.run('import', file, '--json', '--database', target);
    expect(exitCode).toBe(0);
    const all = { added: 1, changed: 0, same: 0, newer: 0 };
    expect(report).toEqual({
      file,
      dryRun: false,
      rows: { watermark: all, mapping: all, setting: all, config: all, benchmark: all },
      entries: NO_ENTRIES,
    });
    expect(await permanentRows(target)).toEqual(await permanentRows(path));
    expect(await permanentRows(target)).toHaveLength(5);
    expect(await entryRows(target)).toEqual([]);
  });

  test('carry over more rows than fit into a page', async () => {
    const path = await storeFile((database) =>
      new PermanentRowsRepository(database).store(
        'setting',
        Array.from({ length: 1_234 }, (_, index) => ({
          username: `user ${index}`,
          cacheEnabled: index % 2 === 0,
          createdAt: index,
          updatedAt: THEN + index,
        })),
      ),
    );
    const target = await storeFile();
    await cli.run('import', await exported(path), '--database', target);
    expect(await permanentRows(target)).toHaveLength(1_234);
    expect(await permanentRows(target)).toEqual(await permanentRows(path));
  });

  test('a second import changes nothing', async () => {
    const path = await storeFile((database) => putPermanentRows(database, THEN));
    const { report, exitCode } = await cli.run('import', await exported(path), '--json', '--database', path);
    expect(exitCode).toBe(0);
    expect(report['rows']).toMatchObject({ mapping: { added: 0, changed: 0, same: 1, newer: 0 } });
  });

  test('a dry run says what would be done and does nothing', async () => {
    const file = await exported(await storeFile((database) => putPermanentRows(database, THEN)));
    const target = await storeFile();
    const { report } = await cli.run('import', file, '--dry-run', '--json', '--database', target);
    expect(report).toMatchObject({ dryRun: true, rows: { mapping: { added: 1 } } });
    expect(await permanentRows(target)).toEqual([]);
  });

  test('what changed after the export is not overwritten: all of it is refused, or just these rows are left', async () => {
    const file = await exported(await storeFile((database) => putPermanentRows(database, THEN)));
    const target = await storeFile((database) => putPermanentRows(database, THEN + 1, 'newer'));
    await tamperWith(target, 'DELETE FROM user_cache_settings');
    const before = await permanentRows(target);
    const refused = await cli.run('import', file, '--database', target);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain('--keep-newer');
    expect(await permanentRows(target)).toEqual(before);

    const { report } = await cli.run('import', file, '--keep-newer', '--json', '--database', target);
    expect(report['rows']).toMatchObject({ mapping: { newer: 1 }, setting: { added: 1 } });
    expect(await permanentRows(target)).toEqual(expect.arrayContaining(before));
  });

  test('a watermark of other books drops the entries of its company, and no others', async () => {
    const file = await exported(await storeFile((database) => putPermanentRows(database, THEN)));
    const target = await storeFile(async (database) => {
      await putPermanentRows(database, THEN - HOUR, 'other books');
      await put(database, { key: 'a', companyId: '7' }, { key: 'b', companyId: '8' });
    });
    await cli.run('import', file, '--database', target);
    expect(await entryRows(target)).toMatchObject([{ cache_key: 'b' }]);
  });

  test('a watermark of the same books leaves the entries', async () => {
    const file = await exported(await storeFile((database) => putPermanentRows(database, THEN)));
    const target = await storeFile(async (database) => {
      await putPermanentRows(database, THEN - HOUR);
      await put(database, { key: 'a', companyId: '7' });
    });
    await cli.run('import', file, '--database', target);
    expect(await entryRows(target)).toHaveLength(1);
  });
});

describe('entries', () => {
  const filled = () =>
    storeFile(async (database) => {
      await putPermanentRows(database, THEN);
      await put(
        database,
        { key: 'watched', companyId: '7', tags: ['a', 'b'], username: 'ada', bytes: randomBytes(300) },
        { key: 'unwatched', companyId: '8' },
        { key: 'global', companyId: null },
        { key: 'expired', companyId: '7', createdAt: 1, expiresAt: 2, graceUntil: 3 },
        { key: 'large', companyId: '7', bytes: randomBytes(3 * 1024 * 1024) },
      );
      await new CacheEntryRepository(database).recordHits([
        { key: 'watched', hits: 4, lastAccessed: THEN + 5 },
      ]);
    });

  test('are carried over whole, hit counts included, where a watermark guards them', async () => {
    const path = await filled();
    const file = await exported(path, '--entries');
    const target = await storeFile();
    const { report } = await cli.run('import', file, '--entries', 'watched', '--json', '--database', target);
    expect(report['entries']).toEqual({ ...NO_ENTRIES, added: 2, unwatched: 2 });
    const expected = (await entryRows(path)) as { cache_key: string }[];
    expect(await entryRows(target)).toEqual(
      expected.filter(({ cache_key: key }) => ['watched', 'large'].includes(key)),
    );
    expect(await cli.run('verify', '--database', target)).toMatchObject({ exitCode: 0 });
  });

  test('are left out unless they are asked for', async () => {
    const target = await storeFile();
    const file = await exported(await filled(), '--entries');
    const { report } = await cli.run('import', file, '--json', '--database', target);
    expect(report['entries']).toEqual({ ...NO_ENTRIES, 'left out': 4 });
    expect(await entryRows(target)).toEqual([]);
  });

  test('go by the watermark of the store where that is newer: those of other books stay away', async () => {
    const file = await exported(await filled(), '--entries');
    const target = await storeFile((database) => putPermanentRows(database, THEN + 1, 'books of today'));
    const args = ['--entries', 'watched', '--keep-newer', '--json', '--database', target];
    const { report } = await cli.run('import', file, ...args);
    expect(report['entries']).toEqual({ ...NO_ENTRIES, unwatched: 4 });
  });

  test('are all taken by whoever knows that no books have changed; newer ones stay, and again is no more', async () => {
    const file = await exported(await filled(), '--entries');
    const target = await storeFile((database) =>
      put(database, { key: 'global', companyId: null, createdAt: Date.now(), bytes: Buffer.from('newer') }),
    );
    const run = () => cli.run('import', file, '--entries', 'all', '--json', '--database', target);
    expect((await run()).report['entries']).toEqual({ ...NO_ENTRIES, added: 3, newer: 1 });
    const after = await entryRows(target);
    expect((await run()).report['entries']).toEqual({ ...NO_ENTRIES, newer: 4 });
    expect(await entryRows(target)).toEqual(after);
  });

  test('are refused while an app has the store open', async () => {
    const file = await exported(await filled(), '--entries');
    const app = await startCacheApp();
    await app.database.write((_manager, sql) =>
      sql.run('UPDATE cache_processes SET alive_until = ?', [Date.now() + 60_000]),
    );
    const run = await cli.run('import', file, '--entries', 'all', '--database', app.path);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await app.rows('SELECT 1 FROM cache_entries')).toEqual([]);
  });

  test('that are encrypted stay so, and open with their key alone', async () => {
    const keys = [{ id: 'k1', key: randomBytes(32) }];
    const cipher = new AesGcmCipher(resolveOptions({ encryption: { keys } }).encryption!.keys);
    const path = await storeFile((database) =>
      new CacheEntryRepository(database, cipher).put(freshEntry({ bytes: Buffer.from('SECRET figures') })),
    );
    const file = await exported(path, '--entries');
    expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from('SECRET').toString('base64').slice(0, 6));
    const target = await storeFile();
    await cli.run('import', file, '--entries', 'all', '--database', target);
    const opened = await inStore(target, (database) =>
      new CacheEntryRepository(database, cipher).find('key-1'),
    );
    expect(opened).toMatchObject({ bytes: Buffer.from('SECRET figures') });
  });

  test('that are damaged are left out, and the command says so', async () => {
    const path = await filled();
    await tamperWith(path, `UPDATE cache_payloads SET checksum = checksum + 1 WHERE cache_key = 'global'`);
    const file = join(tempFolder(), 'export.ndjson');
    const args = ['--output', file, '--entries', '--json', '--database', path];
    const { report, exitCode } = await cli.run('export', ...args);
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ damaged: 1, rows: { entry: 3 } });
    expect(await rowsIn(path, `SELECT 1 FROM cache_entries WHERE cache_key = 'global'`)).toHaveLength(1);
  });
});

describe('the file of an export', () => {
  const someExport = async () => exported(await storeFile((database) => putPermanentRows(database, THEN)));

  test('is for its owner alone, and stands alone', async () => {
    const file = await someExport();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual(['export.ndjson']);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'format',
      ...Array<string>(5).fill('kind'),
      'end',
    ]);
  });

  test('replaces another one only when it is told to, and a link never', async () => {
    const path = await storeFile();
    const folder = tempFolder();
    const [file, link] = [join(folder, 'export.ndjson'), join(folder, 'link')];
    writeFileSync(file, 'mine', { mode: 0o644 });
    symlinkSync(file, link);
    const run = (output: string, ...more: string[]) =>
      cli.run('export', '--output', output, ...more, '--database', path);
    expect(await run(file)).toMatchObject({ exitCode: 3 });
    expect(await run(link, '--force')).toMatchObject({ exitCode: 3 });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await run(file, '--force')).toMatchObject({ exitCode: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(join(folder, 'no', 'such', 'folder'))).toMatchObject({ exitCode: 4 });
    expect(readdirSync(folder).sort()).toEqual(['export.ndjson', 'link']);
  });

  test('never replaces the store that is exported, nor what lies beside it', async () => {
    const path = await storeFile((database) => putPermanentRows(database, THEN));
    const folder = tempFolder();
    linkSync(path, join(folder, 'same-file'));
    symlinkSync(dirname(path), join(folder, 'same-folder'));
    const outputs = [
      path,
      `${path}-wal`,
      `${path}-lock`,
      join(folder, 'same-file'),
      join(folder, 'same-folder', basename(path)),
    ];
    const { ino } = statSync(path);
    for (const output of outputs) {
      const run = await cli.run('export', '--output', output, '--force', '--database', path);
      expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--output') as string });
    }
    expect(statSync(path).ino).toBe(ino);
    expect(await permanentRows(path)).toHaveLength(5);
  });

  test.each<[string, (text: string) => string]>([
    ['was changed', (text) => text.replace('books_7', 'books_8')],
    ['has a row less', (text) => text.replace(/\{"kind":"mapping".*\n/, '')],
    ['is cut off', (text) => text.slice(0, text.lastIndexOf('{"end"'))],
    ['goes on behind its end', (text) => text + '{"kind":"mapping"}\n'],
    ['has a row that is none', (text) => text.replace('"kind":"mapping"', '"kind":"budget"')],
    ['is of a later version', (text) => text.replace('"version":1', '"version":2')],
    ['is something else', () => 'Dear Sir or Madam,\n'],
    ['is empty', () => ''],
    ['holds what is no text', (text) => text.replace('books_7', '\\ud800')],
  ])('is refused when it %s, and nothing of it is taken', async (_what, change) => {
    const file = await someExport();
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const target = await storeFile();
    const run = await cli.run('import', file, '--database', target);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await permanentRows(target)).toEqual([]);
  });

  test('that is not there, or is a folder, is no import', async () => {
    const target = await storeFile();
    expect(await cli.run('import', '/nowhere/x', '--database', target)).toMatchObject({ exitCode: 4 });
    expect(await cli.run('import', tempFolder(), '--database', target)).toMatchObject({ exitCode: 3 });
  });
});

describe('SIGINT', () => {
  test('ends a long export with 130, and leaves no half of a file', async () => {
    const path = await storeFile((database) =>
      put(
        database,
        ...Array.from({ length: 4_000 }, (_, index) => ({
          key: `k${index}`,
          bytes: Buffer.alloc(20_000, index),
        })),
      ),
    );
    const folder = tempFolder();
    const output = join(folder, 'export.ndjson');
    const { process: child, ended } = cli.start(
      'export',
      '--entries',
      '--output',
      output,
      '--database',
      path,
    );
    await expect.poll(() => readdirSync(folder), { interval: 5 }).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130, stdout: '' });
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(output)).toBe(false);
  });
});
