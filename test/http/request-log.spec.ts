import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  NotFoundException,
  Query,
} from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  BenchmarkService,
  Cacheable,
  type Clock,
  PerformanceLogService,
  REPORTS_CACHE_CLOCK,
} from '../../src/index.js';
import { http } from '../support/http-client.js';
import type { ManualClock } from '../support/manual-clock.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';
import { as, UserGuard } from './user-guard.js';

let sourceMs: number;

/** The app's clock; the source moves it by what it takes. */
@Injectable()
class Source {
  clock!: ManualClock;
}

@Controller('reports')
class Reports {
  constructor(@Inject(Source) private readonly source: Source) {}

  @Get('balance')
  @Cacheable({ type: 'balance', scope: 'company' })
  balance(@Query('companyId') companyId: string) {
    this.source.clock.advance(sourceMs);
    return { companyId };
  }

  @Get('missing')
  @Cacheable({ type: 'missing' })
  missing() {
    this.source.clock.advance(sourceMs);
    throw new NotFoundException();
  }

  @Get('broken')
  @Cacheable({ type: 'broken' })
  broken() {
    this.source.clock.advance(sourceMs);
    throw new Error('the source is out');
  }

  @Get('live')
  @Cacheable({ type: 'live', condition: () => false })
  live() {
    return 1;
  }
}

interface LogRow {
  cache_type: string;
  company_id: string | null;
  cache_hit: number;
  response_time_ms: number;
  estimated_oracle_time_ms: number | null;
  time_saved_ms: number | null;
  username: string | null;
}

beforeEach(() => {
  sourceMs = 2_000;
});

describe.each(ADAPTERS)('the performance log over %s', (adapter) => {
  const start = async () => {
    const report = await startReportApp({
      adapter,
      controllers: [Reports],
      providers: [Source],
      configure: (created: INestApplication) => void created.useGlobalGuards(new UserGuard()),
    });
    const { app, url, clock } = report;
    app.get(Source).clock = clock;
    expect(app.get<Clock>(REPORTS_CACHE_CLOCK, { strict: false })).toBe(clock);
    const log = app.get(PerformanceLogService);
    const rows = async (): Promise<LogRow[]> => {
      await log.flush();
      const rows = await report.rows<LogRow>('SELECT * FROM performance_log ORDER BY id');
      return rows.map((row) => ({ ...row, cache_hit: Number(row.cache_hit) }));
    };
    return { app, url: `${url}/reports`, log, rows };
  };

  test('has one row a cacheable request: a miss, then hits that saved what the miss took', async () => {
    const { url, rows } = await start();
    for (const user of ['alice', 'alice', 'bob']) await http(`${url}/balance?companyId=1`, as(user));
    const shared = { cache_type: 'balance', company_id: '1', estimated_oracle_time_ms: 2_000 };
    expect(await rows()).toMatchObject([
      { ...shared, cache_hit: 0, username: 'alice', response_time_ms: 2_000, time_saved_ms: 0 },
      { ...shared, cache_hit: 1, username: 'alice', response_time_ms: 0, time_saved_ms: 2_000 },
      { ...shared, cache_hit: 1, username: 'bob', response_time_ms: 0, time_saved_ms: 2_000 },
    ]);
  });

  test('has a row of a 304 and of a HEAD as well', async () => {
    const { url, rows } = await start();
    const { headers } = await http(`${url}/balance?companyId=1`);
    await http(`${url}/balance?companyId=1`, { headers: { 'if-none-match': headers.etag ?? '' } });
    await http(`${url}/balance?companyId=1`, { method: 'HEAD' });
    expect((await rows()).map((row) => row.cache_hit)).toEqual([0, 1, 1]);
  });

  test('has no row of a request past the cache, nor of one that was refused', async () => {
    const { url, rows, app } = await start();
    await http(`${url}/live`);
    await http(`${url}/missing`);
    expect(await rows()).toEqual([]);
    expect(await app.get(BenchmarkService).get('missing')).toBeUndefined();
  });

  test('says what became of each request, why it missed, and what the source took', async () => {
    const { url, rows } = await start();
    for (const path of ['balance?companyId=1', 'balance?companyId=1', 'broken']) await http(`${url}/${path}`);
    expect(await rows()).toMatchObject([
      { outcome: 'miss', miss_reason: 'cold', source_time_ms: 2_000 },
      { outcome: 'hit', miss_reason: null, source_time_ms: null },
      { outcome: 'failed', cache_hit: 0, response_time_ms: 2_000, source_time_ms: null },
    ]);
  });

  test('teaches the benchmark by misses alone', async () => {
    const { app, url } = await start();
    await http(`${url}/balance?companyId=1`);
    for (let hit = 0; hit < 5; hit++) await http(`${url}/balance?companyId=1`);
    sourceMs = 4_000;
    await http(`${url}/balance?companyId=2`);
    expect(await app.get(BenchmarkService).get('balance')).toEqual({ avgTimeMs: 3_000, sampleCount: 2 });
  });

  test('sums up hits, misses and the time saved', async () => {
    const { url, log } = await start();
    for (let call = 0; call < 4; call++) await http(`${url}/balance?companyId=1`);
    expect(await log.summary()).toMatchObject({ hits: 3, misses: 1, hitRatio: 0.75, timeSavedMs: 6_000 });
    expect(await log.summary({ companyId: 2 })).toMatchObject({ hits: 0, misses: 0 });
  });
});
