import { Controller, Get, Inject } from '@nestjs/common';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  Cacheable,
  type CompanyWatermark,
  ReportsCacheHealthIndicator,
  type Watermark,
  type WatermarkSource,
  WatermarkService,
} from '../../src/index.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { WatermarkMonitor } from '../../src/invalidation/watermark-monitor.js';
import { Database } from '../../src/storage/database.js';
import { Gate, settle } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

const EVERY = 1_000;

interface Posting {
  id: number;
  period: string;
}

/** The books of all companies: postings that come and go. */
class Books implements WatermarkSource {
  readonly asked: (readonly string[])[] = [];
  readonly postings = new Map<string, Posting[]>();
  mode: 'answers' | 'fails' | 'hangs' = 'answers';
  atOnce = 0;
  mostAtOnce = 0;
  changedTags: readonly string[] | undefined;
  /** While it is there, answers read the books at once and come when it opens. */
  late: Gate | undefined;

  constructor(private readonly read: (postings: readonly Posting[]) => Watermark = maxIdAndCount) {}

  of(companyId: string): Posting[] {
    const postings = this.postings.get(companyId) ?? [{ id: 1, period: '2026-01' }];
    this.postings.set(companyId, postings);
    return postings;
  }

  async readWatermarks(companyIds: readonly string[]): Promise<readonly CompanyWatermark[]> {
    this.asked.push(companyIds);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      if (this.mode === 'fails') throw new Error('ORA-12541');
      if (this.mode === 'hangs') await new Promise(() => undefined);
      const { changedTags } = this;
      const answers = companyIds.map((companyId) => {
        return { companyId, schema: 'ACME', watermark: this.read(this.of(companyId)), changedTags };
      });
      await this.late?.opened;
      return answers;
    } finally {
      this.atOnce -= 1;
    }
  }
}

function maxIdAndCount(postings: readonly Posting[]): Watermark {
  return [maxId(postings), postings.length];
}

function maxId(postings: readonly Posting[]): number {
  return Math.max(...postings.map(({ id }) => id));
}

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('month')
  @Cacheable({ type: 'month', ttl: '1d', tags: tagsOf })
  month(): Promise<number> {
    return this.source.query();
  }
}

function tagsOf({ query }: { query: { period?: string } }): string[] {
  return query.period === undefined ? [] : [query.period];
}

async function start(adapter: AdapterName, books = new Books()) {
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: new PlayedSource() }],
    cache: { watermark: { source: books, every: EVERY } },
  });
  const get = (companyId: number, period = '2026-03') =>
    http(`${report.url}/reports/month?companyId=${companyId}&period=${period}`);
  const stateOf = async (companyId: number, period?: string) => (await get(companyId, period)).xCache;
  const watermarks = report.app.get(WatermarkService);
  /** As the monitor does, some time after the last. */
  const check = () => {
    report.clock.advance(1);
    return watermarks.check();
  };
  return { ...report, books, get, stateOf, watermarks, check };
}

/** Timers that the test moves. Node's own, of sockets and the file, go on. */
async function startOnPlayedTimers(adapter: AdapterName) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const report = await start(adapter);
  const pass = async (milliseconds: number) => {
    report.clock.advance(milliseconds);
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  const health = async () => {
    const indicator = report.app.get(ReportsCacheHealthIndicator);
    return ((await indicator.isHealthy('cache')) as { cache: { status: string } }).cache.status;
  };
  const probe = vi.spyOn(report.app.get(WatermarkMonitor, { strict: false }), 'probe');
  /** So many intervals; what each began has ended, unless the books hang. */
  const intervals = async (count: number, eachTime = () => Promise.resolve()) => {
    for (let passed = 0; passed < count; passed++) {
      await pass(EVERY);
      // Behind the look by which the monitor sees whether it is alone, and may ask.
      await report.app.get(PeerWatch, { strict: false }).catchUp();
      if (report.books.mode !== 'hangs') await probe.mock.results.at(-1)?.value;
      await settle();
      await eachTime();
    }
  };
  return { ...report, pass, health, intervals };
}

describe.each(ADAPTERS)('the books over %s', (adapter) => {
  test('are asked at most once an interval, in one call, by 200 requests within five seconds', async () => {
    const { get, pass, books, stored } = await startOnPlayedTimers(adapter);
    for (let turn = 0; turn < 200; turn++) {
      await get(7 + (turn % 3));
      await stored();
      await pass(25);
    }
    await settle(200);
    expect(books.asked.length).toBeGreaterThan(2);
    expect(books.asked.length).toBeLessThanOrEqual(5);
    expect(books.asked.every((companies) => String(companies) === '7,8,9')).toBe(true);
    expect(books.mostAtOnce).toBe(1);
  });

  test('that fail for ten intervals hold up no report, show in health, and recover within one', async () => {
    const { stateOf, intervals, health, books } = await startOnPlayedTimers(adapter);
    await stateOf(7);
    await intervals(1);
    await stateOf(7);
    expect(await health()).toBe('up');
    books.mode = 'fails';
    const asked = books.asked.length;
    await intervals(10, async () => {
      expect(await stateOf(7)).toBe('HIT');
      expect(await health()).toBe('degraded');
    });
    expect(books.asked.length - asked).toBe(10);
    books.of('7').push({ id: 2, period: '2026-03' });
    books.mode = 'answers';
    await intervals(1);
    expect(await health()).toBe('up');
    expect(await stateOf(7)).toBe('MISS');
  });

  test('that hang for ten intervals hold up no report, show in health, and recover', async () => {
    const { stateOf, intervals, health, books } = await startOnPlayedTimers(adapter);
    await stateOf(7);
    await intervals(1);
    await stateOf(7);
    books.mode = 'hangs';
    await intervals(2);
    await intervals(10, async () => {
      expect(await stateOf(7)).toBe('HIT');
      expect(await health()).toBe('degraded');
    });
    books.of('7').push({ id: 2, period: '2026-03' });
    books.mode = 'answers';
    // One to give up the question that hangs, one until the next.
    await intervals(2);
    expect(await health()).toBe('up');
    expect(await stateOf(7)).toBe('MISS');
  });
});

describe.each(ADAPTERS)('a change of the books over %s', (adapter) => {
  test('is noticed by max id and count when an old row is deleted', async () => {
    const { check, get, stateOf, books } = await start(adapter);
    books.of('7').push({ id: 2, period: '2026-03' });
    await get(7);
    await check();
    await get(7);
    expect(await stateOf(7)).toBe('HIT');
    books.of('7').shift();
    expect(await check()).toEqual(['7']);
    const missed = await get(7);
    expect(missed.headers['cache-status']).toContain('detail=watermark');
  });

  test('is missed by a max id alone when an old row is deleted', async () => {
    const { check, get, stateOf, books } = await start(adapter, new Books(maxId));
    books.of('7').push({ id: 2, period: '2026-03' });
    await get(7);
    await check();
    await get(7);
    books.of('7').shift();
    expect(await check()).toEqual([]);
    expect(await stateOf(7)).toBe('HIT');
  });

  test('drops the reports of the company and of no other', async () => {
    const { check, get, stateOf, books } = await start(adapter);
    await get(7);
    await get(8);
    await check();
    await get(7);
    await get(8);
    books.of('7').push({ id: 2, period: '2026-03' });
    expect(await check()).toEqual(['7']);
    expect(await stateOf(8)).toBe('HIT');
    expect(await stateOf(7)).toBe('MISS');
  });

  test('drops only reports of the periods it names', async () => {
    const { check, get, stateOf, books } = await start(adapter);
    await get(7);
    await check();
    await get(7, '2026-01');
    await get(7, '2026-03');
    books.of('7').push({ id: 2, period: '2026-03' });
    books.changedTags = ['2026-03'];
    expect(await check()).toEqual(['7']);
    expect(await stateOf(7, '2026-01')).toBe('HIT');
    expect(await stateOf(7, '2026-03')).toBe('MISS');
  });

  test('to a lower value is one: the books were restored', async () => {
    const { check, get, stateOf, books } = await start(adapter, new Books(maxId));
    books.of('7').push({ id: 2, period: '2026-03' });
    await get(7);
    await check();
    await get(7);
    books.of('7').pop();
    expect(await check()).toEqual(['7']);
    expect(await stateOf(7)).toBe('MISS');
  });

  test('that an older question reports late is none', async () => {
    const { get, stateOf, watermarks, books, clock } = await start(adapter);
    await get(7);
    await watermarks.check();
    await get(7);
    clock.advance(1);
    const gate = (books.late = new Gate());
    const early = watermarks.check();
    while (books.atOnce === 0) await settle(1);
    books.late = undefined;
    books.of('7').push({ id: 2, period: '2026-03' });
    clock.advance(1);
    expect(await watermarks.set(7, 'ACME', [2, 2])).toBe(true);
    await get(7);
    gate.open();
    expect(await early).toEqual([]);
    expect(await stateOf(7)).toBe('HIT');
    expect((await watermarks.get(7))?.maxIdAct).toEqual([2, 2]);
  });

  test('drops what memory has while the file is out', async () => {
    const { check, get, stateOf, books, app } = await start(adapter);
    await get(7);
    await check();
    await app.get(Database, { strict: false }).close();
    await get(7);
    expect(await stateOf(7)).toBe('HIT');
    books.of('7').push({ id: 2, period: '2026-03' });
    expect(await check()).toEqual(['7']);
    expect(await stateOf(7)).toBe('MISS');
  });

  test('keeps a report that was being made when it was seen from being stored', async () => {
    const { check, get, stateOf, books, app } = await start(adapter);
    await get(7);
    await check();
    await get(7, '2026-01');
    const gate = app.get(PlayedSource).holdNext();
    const runs = app.get(PlayedSource).runs;
    const asked = get(7);
    while (app.get(PlayedSource).runs === runs) await settle(1);
    books.of('7').push({ id: 2, period: '2026-03' });
    expect(await check()).toEqual(['7']);
    gate.open();
    expect((await asked).status).toBe(200);
    expect(await stateOf(7)).toBe('MISS');
  });
});
