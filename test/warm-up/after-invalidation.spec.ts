import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADAPTERS, type AdapterName } from '../support/report-app.js';
import { ALICE, HOUR, ROBOT, startBooksApp } from './books-app.js';

const DELAY_MS = 20;

/** Long enough for a warm-up that should not begin. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 10 * DELAY_MS));

async function startApp(adapter: AdapterName, delay = DELAY_MS) {
  const app = await startBooksApp(adapter, {
    warmUp: { identify: () => ROBOT, afterInvalidation: { delay } },
  });
  for (const path of ['balance?companyId=7&period=1', 'balance?companyId=8&period=1', 'rates'])
    await app.ask(path);
  app.books.runs.length = 0;
  return app;
}

describe.each(ADAPTERS)('after an invalidation on %s', (adapter) => {
  it('what a posting dropped is there again before the next user asks', async () => {
    const app = await startApp(adapter);
    await app.ask('postings?companyId=7', { method: 'POST', ...ALICE });

    await expect.poll(() => app.warmUp.progress().last).toMatchObject({ cause: 'invalidation', warmed: 1 });
    expect(app.books.runs).toEqual(['balance 7 1']);
    expect(await app.ask('balance?companyId=7&period=1')).toMatchObject({ xCache: 'HIT' });
  });

  it('drops that come together cost one run', async () => {
    const app = await startApp(adapter, 1_000);
    await Promise.all([7, 8, 7].map((companyId) => app.cache.clearByCompany(companyId)));

    await expect
      .poll(() => app.warmUp.progress().last, { timeout: 10_000 })
      .toMatchObject({ planned: 2, warmed: 2 });
    expect(app.books.runs.sort()).toEqual(['balance 7 1', 'balance 8 1']);
  });

  it('what merely expired elsewhere is left for its users to ask for', async () => {
    const app = await startApp(adapter);
    app.clock.advance(2 * HOUR);
    await app.ask('balance?companyId=7&period=1');
    app.books.runs.length = 0;
    await app.ask('postings?companyId=7', { method: 'POST', ...ALICE });

    await expect.poll(() => app.warmUp.progress().last).toMatchObject({ planned: 1 });
    expect(app.books.runs).toEqual(['balance 7 1']);
  });

  it('nothing begins where nothing was dropped, nor for what one user had', async () => {
    const app = await startApp(adapter);
    await app.ask('payslips');
    await app.ask('postings?companyId=9', { method: 'POST', ...ALICE });
    await app.cache.purgeUser('alice');

    await quiet();
    expect(app.warmUp.progress().last).toBeNull();
  });

  it('a company that was purged is not asked for again', async () => {
    // A purge drops the entries first and forgets what was asked for them last: less than a delay later.
    const app = await startApp(adapter, 1_000);
    await app.cache.purgeCompany(7);

    await expect.poll(() => app.warmUp.progress().last, { timeout: 10_000 }).toMatchObject({ planned: 0 });
    expect(app.books.runs).toEqual([]);
  });

  it('an app that closes begins none', async () => {
    const app = await startApp(adapter, 60_000);
    await app.cache.clear();
    await app.app.close();

    expect(app.warmUp.progress().last).toBeNull();
  });

  it('nothing happens unless the option says so', async () => {
    const app = await startBooksApp(adapter);
    await app.ask('rates');
    await app.cache.clear();

    await quiet();
    expect(app.warmUp.progress().last).toBeNull();
  });
});

describe('the delay', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is counted from the first drop, so that drops without a pause do not put it off for ever', async () => {
    const { AfterInvalidation } = await import('../../src/warm-up/after-invalidation.js');
    const begun: unknown[] = [];
    const after = new AfterInvalidation(5_000, async (selections) => begun.push(...selections));
    for (let second = 0; second < 10; second += 1) {
      after.note({ companyId: '7' });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(begun).toEqual([{ companyId: '7' }, { companyId: '7' }]);
  });

  it('begins again at the end of a run, once for all that was dropped meanwhile', async () => {
    const { AfterInvalidation } = await import('../../src/warm-up/after-invalidation.js');
    const begun: unknown[] = [];
    const ends: (() => void)[] = [];
    const after = new AfterInvalidation(5_000, (selections) => {
      begun.push(selections);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    after.note({ companyId: '7' });
    await vi.advanceTimersByTimeAsync(5_000);
    for (const companyId of ['8', '9', '8']) {
      after.note({ companyId });
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(begun).toEqual([[{ companyId: '7' }]]);
    ends[0]!();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(begun.slice(1)).toEqual([[{ companyId: '8' }, { companyId: '9' }]]);
    after.stop();
    ends[1]!();
    after.note({ companyId: '7' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toHaveLength(2);
  });

  it('ends in a look through everything when very many different things were dropped', async () => {
    const { AfterInvalidation } = await import('../../src/warm-up/after-invalidation.js');
    const begun: unknown[] = [];
    const after = new AfterInvalidation(5_000, async (selections) => begun.push(selections));
    for (let companyId = 0; companyId < 100; companyId += 1) after.note({ companyId: String(companyId) });
    vi.advanceTimersByTime(5_000);
    expect(begun).toEqual([[{}]]);
  });
});
