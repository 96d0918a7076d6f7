import { request } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import { QueryBenchmarkRepository, WarmUpRequestRepository } from '../../src/index.js';
import { databaseOptions, openDatabase } from '../storage/open-database.js';
import { hasPostgres, postgresOptions } from '../support/postgres.js';
import { ADAPTERS, type AdapterName } from '../support/report-app.js';
import { ALICE, HOUR, SOURCE_MS, startBooksApp } from './books-app.js';

const DAY = 24 * HOUR;

async function startApp(adapter: AdapterName) {
  const app = await startBooksApp(adapter);
  /** What stands in the table once all that was asked is written. */
  const remembered = async () => {
    await app.warmUp.run({ type: 'none' });
    const rows = await app.rows<{ request: string }>('SELECT request FROM warm_up_requests ORDER BY request');
    return rows.map(({ request }) => JSON.parse(request) as { url: string; headers: object });
  };
  return { ...app, remembered };
}

describe.each(ADAPTERS)('what is remembered on %s', (adapter) => {
  it('is the path, the declared parameters in their order, and the declared headers', async () => {
    const app = await startApp(adapter);
    await app.ask('balance?period=2026-01&_=17&token=s3cret&companyId=7');
    await app.ask('ledger/7/1', {
      headers: {
        ...ALICE.headers,
        'accept-language': 'de',
        authorization: 'Bearer s3cret',
        cookie: 'sid=s3cret',
      },
    });

    expect(await app.remembered()).toMatchObject([
      { url: '/reports/balance?companyId=7&period=2026-01', headers: {}, anonymous: false },
      { url: '/reports/ledger/7/1', headers: { 'accept-language': 'de' }, anonymous: false },
    ]);
    expect(JSON.stringify(await app.rows('SELECT * FROM warm_up_requests'))).not.toMatch(/s3cret|alice|_=17/);
  });

  it('is nothing that holds a secret among its declared parameters', async () => {
    const app = await startApp(adapter);
    expect(await app.ask('rates?access_token=s3cret')).toMatchObject({ status: 200 });

    expect(await app.remembered()).toEqual([]);
  });

  it.each(['/reports/ledger/7/..', '/reports/ledger/7/%2e%2E', '/reports/ledger/7/a"b'])(
    'is no path that would be another one when it is read: %s',
    async (path) => {
      const app = await startApp(adapter);
      expect(await askRaw(app.url, path)).toBe(200);
      expect(app.books.runs).toHaveLength(1);

      expect(await app.remembered()).toEqual([]);
    },
  );

  it('is nothing that is not kept: no refusal, no failure, no unknown path', async () => {
    const app = await startApp(adapter);
    await app.ask('balance?companyId=7', { headers: {} });
    await app.ask('live');
    await app.ask('no-such-report');
    app.books.fails = true;
    await app.ask('balance?companyId=7');

    expect(await app.remembered()).toEqual([]);
  });

  it('counts hits and misses, and knows what the source takes', async () => {
    const app = await startApp(adapter);
    for (let times = 0; times < 4; times += 1) await app.ask('rates');
    await app.remembered();

    expect(await app.rows('SELECT asked, source_ms, cache_type, company_id FROM warm_up_requests')).toEqual([
      { asked: 4, source_ms: SOURCE_MS, cache_type: 'rates', company_id: null },
    ]);
  });

  it('goes with its company', async () => {
    const app = await startApp(adapter);
    await app.ask('balance?companyId=7&period=1');
    await app.remembered();
    await app.ask('balance?companyId=7&period=2');
    await app.ask('balance?companyId=8&period=1');
    await app.cache.purgeCompany(7);

    expect(await app.remembered()).toMatchObject([{ url: '/reports/balance?companyId=8&period=1' }]);
  });

  it('outlives the app', async () => {
    const app = await startApp(adapter);
    await app.ask('rates');
    await app.app.close();

    const again = await startBooksApp(adapter, { cache: { database: { path: app.databasePath } } });
    again.clock.advance(2 * HOUR);
    expect(await again.warmUp.run()).toMatchObject({ warmed: 1 });
  });
});

/** The status of a request whose path is sent as it is. */
function askRaw(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, agent: false, headers: ALICE.headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject).end();
  });
}

describe.each([
  ['SQLite', () => databaseOptions(), true],
  ['PostgreSQL', () => postgresOptions(), hasPostgres],
])('the table of requests on %s', (_store, options, isThere) => {
  const it = test.skipIf(!isThere);
  const NOW = Date.UTC(2026, 0, 15);
  const keeping = { lookBackMs: 7 * DAY, maxRows: 3 };

  async function open() {
    const database = await openDatabase(options());
    const requests = new WarmUpRequestRepository(database);
    const asked = (cacheKey: string, times: number, lastAsked: number, sourceMs: number | null = 100) => ({
      ...{ cacheKey, cacheType: 'type', companyId: null, request: '{}' },
      ...{ asked: times, lastAsked, sourceMs },
    });
    const rows = () =>
      database.read((_manager, sql) =>
        sql.all<{ cache_key: string; asked: number; source_ms: number | null }>(
          'SELECT cache_key, asked, source_ms FROM warm_up_requests ORDER BY cache_key',
        ),
      );
    const cold = (query: object = {}) =>
      requests.findCold({ now: NOW, lookBackMs: 7 * DAY, minCostMs: 50, limit: 10, ...query });
    return { database, requests, asked, rows, cold };
  }

  it('keeps what is asked most when it is full, however new the rest is', async () => {
    const { requests, asked, rows } = await open();
    await requests.remember([asked('used', 2, NOW)], keeping, NOW);
    const flood = Array.from({ length: 50 }, (_row, index) => asked(`made-up-${index}`, 1, NOW + index));
    await requests.remember(flood, keeping, NOW + 50);

    const keys = (await rows()).map(({ cache_key }) => cache_key);
    expect(keys).toHaveLength(3);
    expect(keys).toContain('used');
  });

  it('forgets what nobody asked for within the look-back', async () => {
    const { requests, asked, rows } = await open();
    await requests.remember([asked('old', 9, NOW)], keeping, NOW);
    await requests.remember([asked('new', 1, NOW + 7 * DAY)], keeping, NOW + 7 * DAY);

    expect(await rows()).toMatchObject([{ cache_key: 'new' }]);
  });

  it('counts, for what is asked steadily, the requests of one look-back', async () => {
    const { requests, asked, rows } = await open();
    for (let hour = 0; hour < 24 * 60; hour += 1)
      await requests.remember([asked('steady', 1, NOW + hour * HOUR)], keeping, NOW + hour * HOUR);

    const [row] = await rows();
    expect(row!.asked).toBeGreaterThan(0.95 * 7 * 24);
    expect(row!.asked).toBeLessThanOrEqual(7 * 24);
  });

  it('lets later figures of the source count more, and hits not at all', async () => {
    const { requests, asked, rows } = await open();
    for (const sourceMs of [null, 100, null, 200, null])
      await requests.remember([asked('key', 1, NOW, sourceMs)], keeping, NOW);

    expect((await rows())[0]!.source_ms).toBeCloseTo(130);
  });

  it('puts first what spares users most, by the type’s usual time where its own is not known', async () => {
    const { database, requests, asked, cold } = await open();
    await new QueryBenchmarkRepository(database).save('type', 400, 3, NOW);
    const rows = [asked('often', 5, NOW), asked('slow', 2, NOW, 1_000), asked('unknown', 2, NOW, null)];
    await requests.remember([...rows, asked('cheap', 9, NOW, 10)], { ...keeping, maxRows: 9 }, NOW);

    const found = await cold();
    expect(found.map(({ cacheKey, gainMs }) => [cacheKey, gainMs])).toEqual([
      ['slow', 2_000],
      ['unknown', 800],
      ['often', 500],
    ]);
    expect(await cold({ limit: 1 })).toMatchObject([{ cacheKey: 'slow' }]);
    expect(await cold({ key: 'often', type: 'type' })).toMatchObject([{ cacheKey: 'often' }]);
    expect(await cold({ companyId: '7' })).toEqual([]);
    const [late] = await cold({ now: NOW + 3.5 * DAY, key: 'often' });
    expect(late!.gainMs).toBeCloseTo(250);
  });

  it('leaves out what failed until its time has come, or it succeeded', async () => {
    const { requests, asked, cold } = await open();
    await requests.remember([asked('key', 1, NOW)], keeping, NOW);
    await requests.noteFailed('key', NOW + HOUR);
    expect(await cold()).toEqual([]);
    expect(await cold({ now: NOW + HOUR })).toMatchObject([{ failures: 1 }]);

    await requests.noteFailed('key', NOW + 2 * HOUR);
    await requests.noteWarmed('key', 200);
    const [row] = await cold();
    expect(row).toMatchObject({ failures: 0 });
    expect(row!.gainMs).toBeCloseTo(130);
  });

  it('loses the rows of a company that is purged', async () => {
    const { requests, asked, rows } = await open();
    await requests.remember(
      [{ ...asked('key', 1, NOW), companyId: '7' }, asked('other', 1, NOW)],
      keeping,
      NOW,
    );
    await requests.removeCompany('7');

    expect(await rows()).toMatchObject([{ cache_key: 'other' }]);
  });
});
