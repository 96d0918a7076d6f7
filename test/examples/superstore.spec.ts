import { exec } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scrape, values } from '../telemetry/support/scrape.js';
import { cloneInto, SuperstoreProcess } from './superstore-process.js';

const run = promisify(exec);

/** Seconds. */
const DAY = 86_400;

/** What all reports have in their rows. */
interface Row {
  readonly sales: number;
  readonly profit: number;
}

interface Answer {
  readonly status: number;
  readonly cache: string | null;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

describe('the superstore example, run as a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superstore-'));
  const clone = join(folder, 'clone');
  const data = join(folder, 'data');
  let app: SuperstoreProcess;

  beforeAll(async () => {
    cloneInto(clone);
    app = await SuperstoreProcess.viaNpmStart(clone, data);
  }, 240_000);

  afterAll(async () => {
    await app?.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints curl lines to try', () => {
    expect(app.output).toContain(`curl -i -H 'x-user: alice' '${app.url}/reports/sales-by-category`);
  });

  it.each([
    'sales-by-category?companyId=3&year=2014',
    'monthly-profit?companyId=2&year=2016',
    'top-customers?companyId=3&period=2016-11',
    'order-lines?companyId=4&year=2016',
    'order-lines.csv?companyId=4&year=2016',
  ])('answers %s with a MISS, then with a HIT of the same bytes', async (path) => {
    const first = await report('alice', path);
    const second = await report('alice', path);

    expect([first.status, first.cache]).toEqual([200, 'MISS']);
    expect([second.status, second.cache]).toEqual([200, 'HIT']);
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(second.headers.get('content-disposition')).toBe(first.headers.get('content-disposition'));
  });

  it('reports the figures of the data set', async () => {
    const months = rowsOf(await report('alice', 'monthly-profit?companyId=4&year=2017'));
    const categories = rowsOf(await report('alice', 'sales-by-category?companyId=4&year=2017'));
    const lines = rowsOf(await report('alice', 'order-lines?companyId=4&year=2017'));

    expect(lines).toHaveLength(WEST_2017.lines);
    for (const rows of [months, categories, lines]) {
      expect(total(rows, 'sales')).toBeCloseTo(WEST_2017.sales, 0);
      expect(total(rows, 'profit')).toBeCloseTo(WEST_2017.profit, 0);
    }
  });

  it('sends the order lines as a CSV file with a name', async () => {
    const { headers, bytes } = await report('alice', 'order-lines.csv?companyId=4&year=2017');

    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="order-lines-4-2017.csv"');
    expect(bytes.toString().trimEnd().split('\r\n')).toHaveLength(1 + WEST_2017.lines);
  });

  it('refuses a user on a hit whom it would refuse on a miss', async () => {
    const path = 'top-customers?companyId=2&period=2015-09';
    await report('alice', path);

    expect((await report('alice', path)).cache).toBe('HIT');
    expect((await report('bob', path)).status).toBe(403);
    expect((await report('eve', path)).status).toBe(401);
    expect((await report(undefined, path)).status).toBe(401);
  });

  it('shares a report among all who may see its company', async () => {
    const path = 'top-customers?companyId=1&period=2015-09';
    const alices = await report('alice', path);
    const bobs = await report('bob', path);

    expect(bobs.cache).toBe('HIT');
    expect(bobs.bytes.equals(alices.bytes)).toBe(true);
  });

  it.each([
    ['monthly-profit?year=2016', 'companyId'],
    ['monthly-profit?companyId=5&year=2016', 'companyId'],
    ['monthly-profit?companyId=1&companyId=2&year=2016', 'companyId'],
    ['monthly-profit?companyId=1', 'period'],
    ['monthly-profit?companyId=1&period=2016-13', 'period'],
    ['monthly-profit?companyId=1&period=2016-01&year=2016', 'period'],
    ['monthly-profit?companyId=1&year=16', 'year'],
    ['monthly-profit?companyId=1&year=2013', 'year'],
  ])('answers %s with 400, naming %s', async (path, parameter) => {
    await report('alice', 'monthly-profit?companyId=1&year=2016');
    const answer = await report('alice', path);

    expect(answer.status).toBe(400);
    expect(json(answer)).toMatchObject({ message: [expect.stringContaining(`${parameter}: `)] });
  });

  it('drops the reports of the company into which an order is booked, and no others', async () => {
    const booked = 'monthly-profit?companyId=3&period=2017-05';
    const untouched = 'monthly-profit?companyId=4&period=2017-05';
    const [before] = rowsOf(await report('alice', booked));
    await report('alice', untouched);

    const order = await post('alice', {
      companyId: 3,
      date: '2017-05-20',
      customer: 'CG-12520',
      lines: [LINE],
    });
    const answer = await report('alice', booked);
    const [after] = rowsOf(answer);

    expect(order.status).toBe(201);
    expect(json(order)).toMatchObject({ companyId: 3, sales: 90, profit: 50 });
    expect(answer.cache).toBe('MISS');
    expect(after!.sales).toBeCloseTo(before!.sales + 90, 2);
    expect(after!.profit).toBeCloseTo(before!.profit + 50, 2);
    expect((await report('alice', untouched)).cache).toBe('HIT');
  });

  it('drops the reports that are made of the month of an order, and keeps those of the months before', async () => {
    const periods = ['period=2016-01', 'period=2016-02', 'period=2016-03', 'period=2016-04', 'year=2016'];
    const paths = periods.map((period) => `sales-by-category?companyId=2&${period}`);
    const otherCompany = 'sales-by-category?companyId=4&period=2016-03';
    for (const path of [...paths, otherCompany]) await report('alice', path);

    await post('alice', { companyId: 2, date: '2016-03-31', customer: 'CG-12520', lines: [LINE] });
    const answers = [];
    for (const path of [...paths, otherCompany]) answers.push((await report('alice', path)).cache);

    expect(answers).toEqual(['HIT', 'HIT', 'MISS', 'MISS', 'MISS', 'HIT']);
  });

  it('says that the report was dropped, not that there was none', async () => {
    const path = 'top-customers?companyId=2&period=2016-08';
    await report('alice', path);
    await post('alice', { companyId: 2, date: '2016-07-01', customer: 'CG-12520', lines: [LINE] });

    expect((await report('alice', path)).headers.get('cache-status')).toMatch(/; detail=invalidated$/);
  });

  it.each([
    ['2016, which is closed, for a year', 'year=2016', 365 * DAY],
    ['2017, which is open, for half a day', 'year=2017', DAY / 2],
  ])('keeps a report of %s', async (_, year, seconds) => {
    const path = `sales-by-category?companyId=1&${year}`;
    await report('alice', path);
    const ttl = Number(/; ttl=(\d+)/.exec((await report('alice', path)).headers.get('cache-status')!)?.[1]);

    expect(ttl).toBeGreaterThan(seconds - DAY / 4);
    // A year of the package `ms` has 365.25 days.
    expect(ttl).toBeLessThanOrEqual(seconds + DAY / 4);
  });

  it('keeps the reports when an order is refused', async () => {
    const path = 'monthly-profit?companyId=2&period=2017-06';
    await report('alice', path);

    const wrong = await post('alice', {
      companyId: 2,
      date: '2017-06-31',
      customer: 'CG-12520',
      lines: [LINE],
    });
    const unknown = await post('alice', { companyId: 2, date: '2017-06-30', customer: 'XX', lines: [LINE] });
    const forbidden = await post('bob', {
      companyId: 2,
      date: '2017-06-30',
      customer: 'CG-12520',
      lines: [LINE],
    });

    expect([wrong.status, json(wrong).message?.[0]]).toEqual([400, expect.stringContaining('date: ')]);
    expect([unknown.status, json(unknown).message?.[0]]).toEqual([
      400,
      expect.stringContaining('customer: '),
    ]);
    expect(forbidden.status).toBe(403);
    expect((await report('alice', path)).cache).toBe('HIT');
  });

  it('is healthy', async () => {
    const health = await ask('/health');

    expect(health.status).toBe(200);
    expect(json(health)).toMatchObject({ status: 'ok', details: { 'reports-cache': { status: 'up' } } });
  });

  it('answers with a HIT of the same bytes after it was killed and started again', async () => {
    const path = 'order-lines?companyId=4&year=2015';
    const kept = await keptReports(app.url);
    const before = await report('alice', path);
    // An entry is written after its answer has left.
    await expect.poll(() => keptReports(app.url), { timeout: 30_000 }).toBe(kept + 1);

    await app.end('SIGKILL');
    app = await SuperstoreProcess.built(clone, data);
    const after = await report('alice', path);

    expect(app.output).not.toContain('Loading');
    expect([before.cache, after.cache]).toEqual(['MISS', 'HIT']);
    expect(after.bytes.equals(before.bytes)).toBe(true);
  });

  it('shuts down on SIGTERM with its reports kept', async () => {
    const path = 'order-lines?companyId=4&year=2014';
    await report('alice', path);

    await app.end('SIGTERM');
    app = await SuperstoreProcess.built(clone, data);

    expect((await report('alice', path)).cache).toBe('HIT');
  });

  it('makes again what an order dropped, before anybody asks for it', async () => {
    const early = await SuperstoreProcess.built(clone, join(folder, 'early'), '50ms');
    try {
      const path = `${early.url}/reports/monthly-profit?companyId=3&period=2017-07`;
      const ask = () => fetch(path, { headers: { 'x-user': 'alice' } });
      const sales = async (answer: Response) => ((await answer.json()) as { rows: Row[] }).rows[0]!.sales;
      const before = await sales(await ask());
      await post(
        'alice',
        { companyId: 3, date: '2017-07-20', customer: 'CG-12520', lines: [LINE] },
        early.url,
      );
      // Looked for past the cache: asking for the report would make it.
      await expect.poll(() => keptReports(early.url), { timeout: 30_000, interval: 100 }).toBe(1);

      const after = await ask();
      expect(after.headers.get('x-cache')).toBe('HIT');
      expect(await sales(after)).toBeCloseTo(before + 90, 2);
    } finally {
      await early.end('SIGKILL');
    }
  });

  it('shows the dashboard to the admin alone', async () => {
    const unknown = await ask('/reports-cache');
    const asAlice = await ask('/reports-cache/api/overview', { headers: { 'x-user': 'alice' } });
    const page = await ask('/reports-cache', { headers: ADMIN });

    expect([unknown.status, asAlice.status, page.status]).toEqual([401, 401, 200]);
    expect(unknown.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(json(await ask('/reports-cache/api/settings', { headers: ADMIN }))).toMatchObject({
      title: 'Superstore reports',
    });
  });

  it('has metrics for Prometheus, without a company or a user in them', async () => {
    await report('alice', 'top-customers?companyId=1&period=2016-02');
    const metrics = await scrape(app.url);

    const requests = values(metrics, 'reports_cache_requests_total');
    expect(Object.keys(requests)).toContainEqual(expect.stringContaining('type=top-customers'));
    expect(JSON.stringify([...metrics.values()].map(({ metrics }) => metrics))).not.toMatch(/alice|company/);
  });

  it(
    'can be looked at and steered from a shell, by the lines of its README',
    { timeout: 120_000 },
    async () => {
      await report('alice', 'sales-by-category?companyId=4&year=2015');
      const readme = readFileSync(join(clone, 'examples/superstore/README.md'), 'utf8');
      const [, block = ''] = /```sh\nexport REPORTS_CACHE_DATABASE=\S+\n([^`]*)```/.exec(readme) ?? [];
      const env = {
        ...process.env,
        REPORTS_CACHE_DATABASE: join(data, 'cache', 'reports-cache.sqlite'),
      };
      const lines = block.trim().split('\n');
      const outputs: string[] = [];
      for (const line of lines) outputs.push((await run(line, { cwd: clone, env })).stdout);

      expect(lines).toHaveLength(5);
      // One that was killed in another test counts for half a minute.
      expect(outputs[0]).toMatch(/^processes +[1-9]$/m);
      expect(outputs[1]).toMatch(/^\d entr(y|ies) of \d+ entr/m);
      expect(outputs[2]).toMatch(/^Dropped \d+ entr.*[1-9] running process(es were| was) told/);
      expect(outputs[3]).toMatch(/^Warm-up: completed in/);
      expect((await report('alice', 'sales-by-category?companyId=4&year=2015')).cache).toBe('HIT');
    },
  );

  it('looks after its hits by shadow checks, and can warm up', async () => {
    const { shadow } = json(await ask('/reports-cache/api/overview', { headers: ADMIN })) as {
      shadow?: object;
    };
    const settings = json(await ask('/reports-cache/api/settings', { headers: ADMIN }));
    expect([shadow, settings]).toMatchObject([{ differences: [] }, { warmUp: true, readOnly: false }]);
  });

  function report(user: string | undefined, path: string): Promise<Answer> {
    return ask(`/reports/${path}`, { headers: user === undefined ? {} : { 'x-user': user } });
  }

  function post(user: string, order: object, url = app.url): Promise<Answer> {
    const init = {
      method: 'POST',
      headers: { 'x-user': user, 'content-type': 'application/json' },
      body: JSON.stringify(order),
    };
    return ask('/orders', init, url);
  }

  async function ask(path: string, init?: RequestInit, url = app.url): Promise<Answer> {
    const response = await fetch(url + path, init);
    return {
      status: response.status,
      cache: response.headers.get('x-cache'),
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }
});

const ADMIN = { authorization: `Basic ${Buffer.from('admin:superstore').toString('base64')}` };

/** How many fresh reports the dashboard knows. */
async function keptReports(url: string): Promise<number> {
  const answer = await fetch(`${url}/reports-cache/api/entries`, { headers: ADMIN });
  const { entries } = (await answer.json()) as { entries: { state: string }[] };
  return entries.filter(({ state }) => state === 'fresh').length;
}

/** Summed over superstore.csv by another program. */
const WEST_2017 = { lines: 1_095, sales: 250_128.3655, profit: 43_808.9561 };

const LINE = { product: 'FUR-BO-10001798', quantity: 2, unitPrice: 50, unitCost: 20, discountPercent: 10 };

function json(answer: Answer): { message?: string[]; rows?: Row[] } {
  return JSON.parse(answer.bytes.toString());
}

function rowsOf(answer: Answer): Row[] {
  return json(answer).rows ?? [];
}

function total(rows: Row[], column: keyof Row): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}
