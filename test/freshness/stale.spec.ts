import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  Inject,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Cacheable, CacheService, InvalidRouteError, WatermarkService } from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { settle, until } from '../http/gate.js';
import { http, type HttpAnswer } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName, type ReportApp } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

const TTL = 60_000;
const GRACE = 300_000;

@Injectable()
class SetsALanguage implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<{
      header(name: string, value: string): unknown;
    }>();
    response.header('Content-Language', 'de');
    return next.handle();
  }
}

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: TTL, grace: GRACE, tags: ['march'] })
  async ledger(): Promise<unknown> {
    return { run: await this.source.query() };
  }

  @Get('slow/json')
  @Cacheable({ type: 'slow', ttl: TTL, grace: GRACE, softTimeout: 5 })
  async json(): Promise<unknown> {
    return { run: await this.source.query() };
  }

  @Get('slow/csv')
  @Header('Content-Type', 'text/csv')
  @Header('Content-Disposition', 'attachment; filename="ledger.csv"')
  @Cacheable({ type: 'slow', ttl: TTL, grace: GRACE, softTimeout: 5 })
  async csv(): Promise<string> {
    return `run;${await this.source.query()}\n`;
  }

  @Get('slow/pdf')
  @Cacheable({ type: 'slow', ttl: TTL, grace: GRACE, softTimeout: 5 })
  async pdf(): Promise<StreamableFile> {
    const bytes = Buffer.from([0x25, 0xff, 0x00, await this.source.query()]);
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: 'attachment' });
  }

  @Get('slow/intercepted')
  @UseInterceptors(SetsALanguage)
  @Cacheable({ type: 'slow', ttl: TTL, grace: GRACE, softTimeout: 5 })
  async intercepted(): Promise<unknown> {
    return { run: await this.source.query() };
  }

  @Get('slow/empty')
  @Cacheable({ type: 'slow', ttl: TTL, grace: GRACE, softTimeout: 5 })
  async empty(): Promise<string | undefined> {
    const run = await this.source.query();
    return run === 1 ? undefined : `run ${run}`;
  }
}

async function start(adapter: AdapterName) {
  const source = new PlayedSource();
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: source }],
  });
  return { ...report, source, get: (path: string, headers = {}) => http(report.url + path, { headers }) };
}

const LEDGER = '/reports/ledger?companyId=7';
const SLOW = '/reports/slow/json?companyId=7';

async function keyOf({ app }: ReportApp): Promise<string> {
  const database = app.get(Database, { strict: false });
  await database.write(() => Promise.resolve());
  const [row] = await database.read((_manager, sql) =>
    sql.all<{ cache_key: string }>('SELECT cache_key FROM cache_entries'),
  );
  return row!.cache_key;
}

const INVALIDATIONS: [string, (report: ReportApp) => Promise<unknown>][] = [
  ['delete', async (report) => report.app.get(CacheService).delete(await keyOf(report))],
  ['clear', ({ app }) => app.get(CacheService).clear()],
  ['clearByCompany', ({ app }) => app.get(CacheService).clearByCompany(7)],
  ['clearByType', ({ app }) => app.get(CacheService).clearByType('ledger')],
  ['clearByTag', ({ app }) => app.get(CacheService).clearByTag('march')],
  ['a watermark', ({ app }) => app.get(WatermarkService).set(7, 'ACME', 2)],
];

const WHEN: [string, boolean][] = [
  ['before it is asked for', false],
  ['while the source works', true],
];

/** Headers that say what the body is, without those of the moment and of this very body. */
function describing({ headers }: HttpAnswer): Record<string, unknown> {
  const momentary = ['age', 'cache-status', 'connection', 'content-length', 'date', 'etag', 'keep-alive'];
  const kept = Object.entries(headers).filter(([name]) => ![...momentary, 'x-cache'].includes(name));
  return Object.fromEntries(kept);
}

/** The expired answer goes out, the source answers behind it, and the next request has what it then brought. */
async function expectRefreshedBehind(adapter: AdapterName, route: string, isConditional: boolean) {
  const { get, clock, source } = await start(adapter);
  const path = `/reports/slow/${route}?companyId=7`;
  // What the second query's answer looks like where nothing is in its way.
  source.runs = 1;
  const expected = await get(`/reports/slow/${route}?companyId=8`);
  source.runs = 0;
  const first = await get(path);
  clock.advance(TTL);
  const gate = source.holdNext();
  const stale = await get(path, isConditional ? { 'if-none-match': first.headers.etag } : {});
  expect(stale).toMatchObject({ xCache: 'STALE', status: isConditional ? 304 : 200 });
  gate.open();
  await settle();
  const next = await get(path);
  expect(next).toMatchObject({ xCache: 'HIT', status: 200, text: expected.text });
  expect(next.body.equals(expected.body)).toBe(true);
  expect(next.headers.etag).toBe(expected.headers.etag);
  expect(next.headers.etag).not.toBe(first.headers.etag);
  expect(describing(next)).toEqual(describing(expected));
}

describe.each(ADAPTERS)('an expired answer over %s', (adapter) => {
  test('goes out as it was, marked, with its age, when the source fails', async () => {
    const { get, clock, source } = await start(adapter);
    const fresh = await get(LEDGER);
    source.failure = new Error('ORA-12541');
    clock.advance(TTL + 5_000);
    const stale = await get(LEDGER);
    expect(stale).toMatchObject({ status: 200, xCache: 'STALE', text: fresh.text });
    expect(stale.headers).toMatchObject({
      age: '65',
      etag: fresh.headers.etag,
      'content-type': fresh.headers['content-type'],
      'cache-status': 'reports-cache; hit; ttl=-5; detail=grace',
    });
  });

  test('goes out until the last millisecond of its grace, and then the error does', async () => {
    const { get, clock, source } = await start(adapter);
    await get(LEDGER);
    source.failure = new Error('ORA-12541');
    clock.advance(TTL + GRACE - 1);
    expect((await get(LEDGER)).xCache).toBe('STALE');
    clock.advance(1);
    const refused = await get(LEDGER);
    expect(refused.status).toBe(500);
    expect(refused.xCache).toBeUndefined();
  });

  test('does not hide a client error of the source, and is there again for a failure', async () => {
    const { get, clock, source } = await start(adapter);
    await get(LEDGER);
    clock.advance(TTL);
    source.failure = new NotFoundException('this ledger was closed');
    const refused = await get(LEDGER);
    expect(refused).toMatchObject({ status: 404, xCache: undefined });
    expect(refused.text).toContain('this ledger was closed');
    source.failure = new Error('ORA-12541');
    expect((await get(LEDGER)).xCache).toBe('STALE');
  });

  test.each(WHEN)('never goes out after an invalidation %s', async (_when, duringTheLoad) => {
    const report = await start(adapter);
    const { get, clock, source, app } = report;
    await app.get(WatermarkService).set(7, 'ACME', 1);
    for (const [name, invalidate] of INVALIDATIONS) {
      source.failure = undefined;
      await get(LEDGER);
      clock.advance(TTL);
      const gate = source.holdNext();
      const runs = source.runs;
      if (!duringTheLoad) await invalidate(report);
      const asked = get(LEDGER);
      await until(() => source.runs > runs);
      if (duringTheLoad) await invalidate(report);
      source.failure = new Error('ORA-12541');
      gate.open();
      expect(await asked, name).toMatchObject({ status: 500, xCache: undefined });
    }
  });
});

describe.each(ADAPTERS)('a source slower than softTimeout over %s', (adapter) => {
  test('lets twenty callers have the expired answer at once, and is asked once behind them', async () => {
    const { get, clock, source } = await start(adapter);
    await get(SLOW);
    clock.advance(TTL);
    const gate = source.holdNext();
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(SLOW)));
    expect(new Set(answers.map(({ xCache, text }) => `${xCache} ${text}`))).toEqual(
      new Set(['STALE {"run":1}']),
    );
    expect(source.runs).toBe(2);
    gate.open();
    await settle();
    expect(await get(SLOW)).toMatchObject({ xCache: 'HIT', text: '{"run":2}' });
    expect(source.runs).toBe(2);
  });

  test.each(
    ['json', 'csv', 'pdf', 'empty'].flatMap((route) => [
      { route, how: 'as 200' },
      { route, how: 'as 304' },
    ]),
  )('is answered for by the new $route when the expired one went out $how', async ({ route, how }) => {
    await expectRefreshedBehind(adapter, route, how === 'as 304');
  });

  test('keeps the header that an interceptor set before the handler', async () => {
    await expectRefreshedBehind(adapter, 'intercepted', false);
  });

  test('that fails behind the answer leaves the expired one until the ceiling', async () => {
    const { get, clock, source, logger } = await start(adapter);
    await get(SLOW);
    clock.advance(TTL);
    const gate = source.holdNext();
    expect((await get(SLOW)).xCache).toBe('STALE');
    source.failure = new Error('ORA-12541');
    gate.open();
    await until(() => logger.warnings.length > 0);
    expect((await get(SLOW)).xCache).toBe('STALE');
    clock.advance(GRACE - 1);
    expect((await get(SLOW)).xCache).toBe('STALE');
    clock.advance(1);
    expect((await get(SLOW)).status).toBe(500);
  });

  test('is waited for when an invalidation came meanwhile', async () => {
    const { get, clock, source, app } = await start(adapter);
    await get(SLOW);
    clock.advance(TTL);
    const gate = source.holdNext();
    source.onStart = () => void app.get(CacheService).clearByCompany(7);
    const asked = get(SLOW);
    await new Promise((resolve) => setTimeout(resolve, 30));
    gate.open();
    expect(await asked).toMatchObject({ xCache: 'MISS', text: '{"run":2}' });
  });

  test('stores nothing when an invalidation came while it worked behind the answer', async () => {
    const { get, clock, source, app } = await start(adapter);
    await get(SLOW);
    clock.advance(TTL);
    const gate = source.holdNext();
    expect((await get(SLOW)).xCache).toBe('STALE');
    await app.get(CacheService).clearByCompany(7);
    gate.open();
    await settle();
    expect(await get(SLOW)).toMatchObject({ xCache: 'MISS', text: '{"run":3}' });
  });

  test('keeps no client error that it answers behind the expired answer', async () => {
    const { get, clock, source } = await start(adapter);
    await get(SLOW);
    clock.advance(TTL);
    const gate = source.holdNext();
    expect((await get(SLOW)).xCache).toBe('STALE');
    source.failure = new NotFoundException();
    gate.open();
    await settle();
    expect((await get(SLOW)).status).toBe(404);
  });
});

describe('a handler that takes @Res()', () => {
  test.each([{ softTimeout: 5 }, { earlyRefresh: 1 }])('is refused at start with %o', async (options) => {
    @Controller()
    class Rude {
      @Get()
      @Cacheable({ grace: '5m', ...options })
      report(@Res({ passthrough: true }) response: { statusCode: number }): number {
        return response.statusCode;
      }
    }
    const starting = startReportApp({ controllers: [Rude] });
    await expect(starting).rejects.toThrow(InvalidRouteError);
    await expect(starting).rejects.toThrow('Rude.report');
  });
});
