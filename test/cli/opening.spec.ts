import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';
import { commandLine } from './command-line.js';
import { openStore, storeFile, tamperWith } from './some-store.js';

const cli = commandLine();
const KNOWN = '1767398400000';

describe('the command line', () => {
  test('says its version, and what it can do', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await cli.run('--version')).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
    const help = await cli.run('clear', '--help');
    expect(help).toMatchObject({ exitCode: 0 });
    expect(help.stdout).toContain('--company');
    expect(help.stdout).toContain('--database');
  });

  test.each([
    [['nonsense']],
    [['stats', '--nonsense']],
    [['stats', '--top', '0']],
    [['entries', '--sort', 'colour']],
    [['entries', '--company', '']],
    [['export']],
    [['import']],
    [['stats', '--database', '/tmp']],
    [['stats', '--busy-timeout', 'soon']],
  ])('ends with 2 when it is told %j', async (args) => {
    const run = await cli.run(...args);
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toBe('');
    expect(run.exitCode).toBe(2);
  });

  test('makes no file where there is none, nor its folder', async () => {
    const path = join(tempFolder(), 'mistyped', 'cache.sqlite');
    expect(await cli.run('stats', '--database', path)).toMatchObject({ exitCode: 4, stdout: '' });
    expect(existsSync(dirname(path))).toBe(false);
  });

  test.each(['stats', 'verify', 'vacuum'])(
    '%s leaves a file alone that is something else',
    async (command) => {
      const path = join(tempFolder(), 'letter.txt');
      writeFileSync(path, 'Dear Sir or Madam,');
      const run = await cli.run(command, '--database', path);
      expect(run).toMatchObject({ exitCode: 3, stdout: '' });
      expect(run.stderr).toContain('--database');
      expect(readFileSync(path, 'utf8')).toBe('Dear Sir or Madam,');
      expect(readdirSync(dirname(path))).toEqual(['letter.txt']);
    },
  );

  test("leaves somebody else's database alone, and an empty file", async () => {
    const path = await storeFile();
    await tamperWith(path, 'DROP TABLE reports_cache_migrations');
    expect(await cli.run('clear', '--all', '--yes', '--database', path)).toMatchObject({ exitCode: 3 });
    const empty = join(tempFolder(), 'empty');
    writeFileSync(empty, '');
    expect(await cli.run('stats', '--database', empty)).toMatchObject({ exitCode: 3 });
    expect(readFileSync(empty)).toHaveLength(0);
  });

  test('leaves a file of a newer version to that version', async () => {
    const path = await storeFile();
    await tamperWith(
      path,
      `INSERT INTO reports_cache_migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`,
    );
    const run = await cli.run('stats', '--database', path);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('FromTheFuture9999999999999');
  });

  test('does not migrate a file of an older version', async () => {
    const path = await storeFile();
    const database = await openStore(path);
    await database.write((_manager, sql) =>
      sql.run(`DELETE FROM reports_cache_migrations WHERE timestamp >= ${KNOWN}`),
    );
    const run = await cli.run('stats', '--database', path);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('older version');
    const left = await database.read((_manager, sql) =>
      sql.all(`SELECT 1 FROM reports_cache_migrations WHERE timestamp >= ${KNOWN}`),
    );
    expect(left).toEqual([]);
  });

  test('makes no lock file beside a store that has none, which another user could not open', async () => {
    const path = await storeFile();
    rmSync(`${path}-lock`);
    expect(await cli.run('stats', '--database', path)).toMatchObject({ exitCode: 0 });
    expect(existsSync(`${path}-lock`)).toBe(false);
  });

  test('tells errors as JSON when it is asked to', async () => {
    const run = await cli.run('stats', '--json', '--database', '/nowhere/cache.sqlite');
    expect(run.stdout).toBe('');
    expect(JSON.parse(run.stderr)).toEqual({
      error: { exitCode: 4, message: expect.stringContaining('/nowhere/cache.sqlite') as string },
    });
  });

  test('takes the store from the environment, where nobody else can see it', async () => {
    const path = await storeFile();
    process.env['REPORTS_CACHE_DATABASE'] = path;
    const run = await cli.run('stats', '--json').finally(() => delete process.env['REPORTS_CACHE_DATABASE']);
    expect(run.report).toMatchObject({ database: { place: path } });
  });
});
