import {
  Controller,
  Get,
  Header,
  Inject,
  Injectable,
  type NestInterceptor,
  type CallHandler,
  type ExecutionContext,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheService,
  ReportsCacheMetrics,
  ReportsCacheMetricsModule,
  type ReportsCacheOptions,
  ShadowDifferences,
} from '../../src/index.js';
import { PlayedSource } from '../freshness/played-source.js';
import { settle, until } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { parseExposition, values } from './support/scrape.js';

/** What the books say; changed by tests, without telling the cache. */
class Books {
  balance = 100;
  runs = 0;
}

@Injectable()
class SetsALanguage implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    context
      .switchToHttp()
      .getResponse<{ header(name: string, value: string): unknown }>()
      .header('Content-Language', 'de');
    return next.handle();
  }
}

const BAD_TAGS: Record<string, () => string[]> = {
  thrown: () => {
    throw new Error('no tags today');
  },
  none: () => 'march' as never,
};

/** As the header has it, which is no part of the key. */
function tagsOf({ headers }: { readonly headers: Record<string, unknown> }): string[] {
  return BAD_TAGS[String(headers['x-tags'])]?.() ?? ['march'];
}

@Controller('reports')
class Reports {
  constructor(
    @Inject(Books) private readonly books: Books,
    @Inject(PlayedSource) private readonly source: PlayedSource,
  ) {}

  @Get('ledger')
  @Header('X-Books', 'general')
  @UseInterceptors(SetsALanguage)
  @Cacheable({ type: 'ledger', ttl: '1h', tags: ['march'] })
  ledger() {
    this.books.runs++;
    return { balance: this.books.balance };
  }

  @Get('long')
  @Cacheable({ type: 'long', ttl: '1h' })
  long() {
    this.books.runs++;
    return Array.from({ length: 5_000 }, (_, row) => ({ row, balance: this.books.balance }));
  }

  @Get('held')
  @Cacheable({ type: 'held', ttl: '1h', tags: ['march'] })
  async held() {
    await this.source.query();
    return { balance: this.books.balance };
  }

  @Get('tagged')
  @Cacheable({ type: 'tagged', ttl: '1h', tags: (request) => tagsOf(request) })
  tagged() {
    this.books.runs++;
    return { balance: this.books.balance };
  }

  @Get('takes-response')
  @Cacheable({ type: 'takes-response', ttl: '1h' })
  takesResponse(@Res({ passthrough: true }) response: { header(name: string, value: string): unknown }) {
    this.books.runs++;
    response.header('Content-Language', 'de');
    return { balance: this.books.balance };
  }
}

async function start(adapter: AdapterName, cache: ReportsCacheOptions = {}) {
  const started = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [Books, PlayedSource],
    imports: [ReportsCacheMetricsModule.forRoot({ path: false })],
    cache: { shadowCheck: { share: 1 }, processes: { pollEvery: 10 }, ...cache },
  });
  const { app, url } = started;
  const verdicts = async (): Promise<Record<string, number>> =>
    values(parseExposition(await app.get(ReportsCacheMetrics).text()), 'reports_cache_shadow_checks_total');
  return {
    ...started,
    verdicts,
    books: app.get(Books),
    source: app.get(PlayedSource),
    differences: app.get(ShadowDifferences),
    ask: async (report: string, headers: Record<string, string> = {}) =>
      http(`${url}/reports/${report}`, { headers }),
    judged: (expected: Record<string, number>) => expect.poll(verdicts).toEqual(expected),
  };
}

describe.each(ADAPTERS)('a shadow check over %s', (adapter) => {
  test('finds a source that still says the same, and nothing changes', async () => {
    const { ask, judged, books, differences, logger } = await start(adapter);
    await ask('ledger');
    const hit = await ask('ledger');
    await judged({ 'outcome=same type=ledger': 1 });
    expect(books.runs).toBe(2);
    expect(hit).toMatchObject({ xCache: 'HIT', text: '{"balance":100}' });
    expect((await ask('ledger')).xCache).toBe('HIT');
    expect(differences.latest).toEqual([]);
    expect(logger.warnings).toEqual([]);
  });

  test.each(Object.keys(BAD_TAGS))('leaves a hit as it is where its tags are %s', async (how) => {
    const { ask, books, logger } = await start(adapter);
    await ask('tagged');
    const hit = await ask('tagged', { 'x-tags': how });
    expect(hit).toMatchObject({ status: 200, xCache: 'HIT', text: '{"balance":100}' });
    await settle();
    expect(books.runs).toBe(1);
    expect(logger.warnings).toHaveLength(1);
  });

  test('finds a source that changed silently: it is counted, told by type and age, and the entry goes', async () => {
    const { ask, judged, books, differences, clock, logger, app, stored } = await start(adapter);
    await ask('ledger');
    await stored();
    clock.advance(120_000);
    books.balance = 200;
    expect((await ask('ledger')).text).toBe('{"balance":100}');
    await judged({ 'outcome=different type=ledger': 1 });
    await expect.poll(async () => (await ask('ledger')).text).toBe('{"balance":200}');
    expect(differences.latest).toEqual([{ type: 'ledger', ageMs: 120_000, foundAt: clock.now() }]);
    const metrics = parseExposition(await app.get(ReportsCacheMetrics).text());
    expect(values(metrics, 'reports_cache_shadow_differences_total')).toEqual({ 'type=ledger': 1 });
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toMatch(
      /^A stored report of type "ledger", 120 s old, was not what its source answers/,
    );
  });

  test('compares a body that is only at hand as gzip, and one that the client knew already', async () => {
    const { ask, verdicts, books, differences } = await start(adapter, { memory: false });
    const { headers } = await ask('long');
    const zipped = async () => (await ask('long', { 'accept-encoding': 'gzip' })).headers['content-encoding'];
    await expect.poll(zipped).toBe('gzip');
    expect((await ask('long', { 'if-none-match': headers.etag! })).status).toBe(304);
    // Each run after the first was a check, and found the same.
    await expect
      .poll(async () => (await verdicts())['outcome=same type=long'] ?? 0)
      .toSatisfy((same: number) => same > 0 && same === books.runs - 1);
    expect(differences.latest).toEqual([]);
    books.balance = 200;
    await ask('long', { 'if-none-match': headers.etag! });
    await expect.poll(() => differences.latest).toHaveLength(1);
  });

  test('counts nothing where an invalidation came between', async () => {
    const { ask, judged, source, app, differences, logger } = await start(adapter);
    await ask('held');
    const gate = source.holdNext();
    await ask('held');
    await until(() => source.runs === 2);
    app.get(Books).balance = 200;
    await app.get(CacheService).clearByTag('march');
    gate.open();
    await judged({ 'outcome=overtaken type=held': 1 });
    expect(differences.latest).toEqual([]);
    expect(logger.warnings).toEqual([]);
  });

  test('counts nothing where an invalidation comes a moment after the comparison', async () => {
    const { ask, judged, books, app, differences } = await start(adapter, { processes: { pollEvery: '1m' } });
    await ask('ledger');
    books.balance = 200;
    await ask('ledger');
    await until(() => books.runs === 2);
    await settle();
    await app.get(CacheService).clearByTag('march');
    // The minute is not over: what differs is judged when the app stops, or the time has passed.
    await app.close();
    await judged({ 'outcome=overtaken type=ledger': 1 });
    expect(differences.latest).toEqual([]);
  });

  test('leaves an entry alone that was stored while it ran', async () => {
    const { ask, judged, source, clock, app } = await start(adapter);
    await ask('held');
    const gate = source.holdNext();
    await ask('held');
    await until(() => source.runs === 2);
    clock.advance(3_600_000);
    app.get(Books).balance = 200;
    expect((await ask('held')).xCache).toBe('MISS');
    gate.open();
    await judged({ 'outcome=different type=held': 1 });
    await settle();
    expect(await ask('held')).toMatchObject({ xCache: 'HIT', text: '{"balance":200}' });
  });

  test('that fails says nothing about the report', async () => {
    const { ask, judged, source, logger } = await start(adapter);
    await ask('held');
    source.failure = new Error('no row 4711');
    await ask('held');
    await judged({ 'outcome=failed type=held': 1 });
    source.failure = undefined;
    expect((await ask('held')).xCache).toBe('HIT');
    expect(logger.lines.join('\n')).not.toContain('4711');
  });

  test('is not made of a route that takes the response, nor of HEAD', async () => {
    const { ask, books, url } = await start(adapter);
    await ask('takes-response');
    await ask('takes-response');
    await ask('ledger');
    await http(`${url}/reports/ledger`, { method: 'HEAD' });
    await settle();
    expect(books.runs).toBe(2);
  });

  test('runs one at a time, and takes no place that a request could want', async () => {
    const { ask, judged, source } = await start(adapter, { sourceConcurrency: 1 });
    await ask('held');
    const gate = source.holdNext();
    await ask('held');
    await until(() => source.runs === 2);
    await ask('held');
    await settle();
    expect(source.runs).toBe(2);
    gate.open();
    await judged({ 'outcome=same type=held': 1 });
  });

  test('is off unless asked for', async () => {
    const { ask, books, verdicts } = await start(adapter, { shadowCheck: undefined });
    for (let n = 0; n < 5; n++) await ask('ledger');
    await settle();
    expect(books.runs).toBe(1);
    expect(await verdicts()).toEqual({});
  });
});
