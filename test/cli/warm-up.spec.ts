import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { follow } from '../../src/cli/warm-up/follow.js';
import type { SharedWarmUp } from '../../src/warm-up/warm-up-report.js';
import { childProgram } from '../support/child-process.js';
import { http } from '../support/http-client.js';
import { commandLine } from './command-line.js';
import { rowsIn, storeFile } from './some-store.js';

const cli = commandLine();
const startProgram = childProgram('test/cli/warm-up-app.child.ts');

/** An app in a process of its own, with the reports of three companies that are not there any more. */
async function startColdApp(canWarmUp = true) {
  const path = await storeFile();
  const child: ChildProcess = startProgram([path, canWarmUp ? 'yes' : 'no']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [url] = (await once(child, 'message')) as [string];
  const ask = (companyId: number) => http(`${url}/balance?companyId=${companyId}`);
  const post = (what: 'postings' | 'shut' | 'open') => http(`${url}/${what}`, { method: 'POST' });
  for (const companyId of [7, 8, 9]) await ask(companyId);
  await post('postings');
  const run = (...args: string[]) => cli.run('warm-up', '--json', '--database', path, ...args);
  return { path, ask, post, run };
}

const states = (path: string) =>
  rowsIn<{ value: string }>(path, `SELECT value FROM cache_config WHERE key = 'reports-cache:warm-up'`);

describe('warm-up', () => {
  test('has a running app make the reports that are not there, and tells what became of it', async () => {
    const { run, ask } = await startColdApp();
    const { report, exitCode } = await run();
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      action: 'run',
      warmUp: { state: 'completed', report: { cause: 'command', planned: 3, warmed: 3 } },
    });
    expect((await ask(7)).xCache).toBe('HIT');
  });

  test('is about what was asked for', async () => {
    const { run, ask } = await startColdApp();
    await ask(7);
    expect((await run('--type', 'other')).report).toMatchObject({ warmUp: { report: { planned: 0 } } });
    expect((await run('--type', 'balance')).report).toMatchObject({ warmUp: { report: { planned: 2 } } });
  });

  test('is followed and ended by further commands', async () => {
    const { run, post, path } = await startColdApp();
    await post('shut');
    const begun = run();
    await expect.poll(async () => (await states(path))[0]?.value).toContain('"planned":3');
    expect(await run()).toMatchObject({ exitCode: 3 });
    const watched = run('--watch');

    const cancelled = await run('--cancel');
    expect(cancelled).toMatchObject({
      exitCode: 0,
      report: { action: 'cancel', warmUp: { state: 'cancelled' } },
    });
    expect(await begun).toMatchObject({ exitCode: 1, report: { warmUp: { state: 'cancelled' } } });
    expect(await watched).toMatchObject({ exitCode: 1, report: { warmUp: { state: 'cancelled' } } });
    await post('open');
  });

  test('goes on in the app when the command is interrupted', async () => {
    const { post, path, ask } = await startColdApp();
    await post('shut');
    const { process, ended } = cli.start('warm-up', '--database', path);
    await expect.poll(async () => (await states(path))[0]?.value).toContain('"planned":3');
    process.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    await post('open');
    await expect.poll(async () => (await states(path))[0]?.value).toContain('"end":"completed"');
    expect((await ask(9)).xCache).toBe('HIT');
  });

  test('finds nothing to watch or to cancel where none runs', async () => {
    const { run } = await startColdApp();
    const none = { exitCode: 0, report: { warmUp: null } };
    expect([await run('--watch'), await run('--cancel')]).toMatchObject([none, none]);
  });

  test('is refused where no app runs, and where the app has none', async () => {
    const path = await storeFile();
    for (const args of [[], ['--cancel']]) {
      const run = await cli.run('warm-up', ...args, '--database', path);
      expect(run).toMatchObject({ exitCode: 4, stdout: '' });
      expect(run.stderr).toContain('No app has');
    }
    const { run, path: ofApp } = await startColdApp(false);
    const refused = await run();
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
    expect(refused.stderr).toContain('the option warmUp');
    const left = `SELECT 1 FROM cache_config WHERE key = 'reports-cache:warm-up-order'`;
    expect(await rowsIn(ofApp, left)).toEqual([]);
  });

  test.each([
    [['--watch', '--cancel'], '--watch or --cancel'],
    [['--watch', '--type', 'a'], '--type'],
    [['--type', ''], '--type'],
    [['--company', ''], '--company'],
  ])('with %j is no command', async (args, word) => {
    const { exitCode, stderr } = await cli.run('warm-up', ...args, '--database', await storeFile());
    expect(exitCode).toBe(2);
    expect(stderr).toContain(word);
  });
});

test('a warm-up that is followed is shown as a bar as long as what is planned', async () => {
  const counts = { fresh: 0, unidentified: 0, refused: 1, strayed: 0, overtaken: 0, failed: 0 };
  const seen = (warmed: number, end: 'completed' | null): SharedWarmUp => ({
    state: end ?? 'running',
    report: {
      ...{ cause: 'cron', startedAt: 1, finishedAt: null, end, planned: 4, sourceMs: 1, warmed },
      ...counts,
    },
  });
  const looks = [seen(0, null), seen(1, null), seen(3, 'completed')];
  const bars: (string | number)[] = [];
  await follow(async () => looks.shift()!, {
    signal: new AbortController().signal,
    clock: { now: () => 0 } as never,
    confirm: () => Promise.resolve(false),
    progress: {
      during: (label, total, work) => {
        bars.push(label, total);
        return work({ advance: (steps = 1) => void bars.push(steps) });
      },
    },
  });
  expect(bars).toEqual(['warm-up', 4, 1, 1, 2]);
});
