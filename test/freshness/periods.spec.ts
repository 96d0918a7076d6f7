import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheEvict,
  isClosed,
  month,
  periodTag,
  periodTags,
  type PeriodRange,
  yearToDate,
} from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

interface PeriodQuery {
  query: { period: string };
}

/** The last month whose books are closed. */
let closedThrough: string;

const ofMonth = ({ query }: PeriodQuery): PeriodRange => month(query.period);
const ofYear = ({ query }: PeriodQuery): PeriodRange => yearToDate(query.period);

/** Nobody changes a closed period. */
const lifeOf = (range: PeriodRange) => (isClosed(range, closedThrough) ? '1y' : '1m');

@Controller('companies/:companyId')
class Books {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('profit')
  @Cacheable({ tags: (request) => periodTags(ofMonth(request)), ttl: (request) => lifeOf(ofMonth(request)) })
  profit(): Promise<number> {
    return this.source.query();
  }

  @Get('year-to-date')
  @Cacheable({ tags: (request) => periodTags(ofYear(request)), ttl: (request) => lifeOf(ofYear(request)) })
  yearToDate(): Promise<number> {
    return this.source.query();
  }

  @Post('orders')
  @CacheEvict({
    company: ({ params }: { params: { companyId: string } }) => params.companyId,
    tags: ({ body }: { body: { date: string } }) => [periodTag(body.date.slice(0, 7))],
  })
  order(@Body() order: { date: string }): { date: string } {
    return order;
  }

  @Post('periods/:period/reopening')
  @CacheEvict({
    company: ({ params }: { params: { companyId: string } }) => params.companyId,
    tags: ({ params }: { params: { period: string } }) => [periodTag(params.period)],
  })
  reopen(@Param('period') period: string): string {
    closedThrough = period === '2026-01' ? '2025-12' : '2026-01';
    return closedThrough;
  }
}

async function start(adapter: AdapterName) {
  const providers = [{ provide: PlayedSource, useValue: new PlayedSource() }];
  const { url, clock, stored } = await startReportApp({ adapter, controllers: [Books], providers });
  const stateOf = async (report: string, period: string, companyId = 7) =>
    (await http(`${url}/companies/${companyId}/${report}?period=${period}`)).xCache;
  const post = (path: string, body: unknown = {}) =>
    http(`${url}/companies/7/${path}`, { method: 'POST', body });
  return { clock, stored, stateOf, post };
}

beforeEach(() => {
  closedThrough = '2026-02';
});

describe.each(ADAPTERS)('reports over accounting periods on %s', (adapter) => {
  test('of March and the year to date go when an order is dated March; others stay', async () => {
    const { stateOf, post } = await start(adapter);
    const reports = [
      ['profit', '2026-01', 'HIT'],
      ['profit', '2026-02', 'HIT'],
      ['profit', '2026-03', 'MISS'],
      ['profit', '2025-03', 'HIT'],
      ['year-to-date', '2026-01', 'HIT'],
      ['year-to-date', '2026-02', 'HIT'],
      ['year-to-date', '2026-03', 'MISS'],
      ['year-to-date', '2026-04', 'MISS'],
      ['year-to-date', '2025-12', 'HIT'],
    ] as const;
    for (const [report, period] of reports) await stateOf(report, period);
    await stateOf('profit', '2026-03', 8);
    expect((await post('orders', { date: '2026-03-17' })).status).toBe(201);
    for (const [report, period, state] of reports) {
      expect(await stateOf(report, period), `${report} ${period}`).toBe(state);
    }
    expect(await stateOf('profit', '2026-03', 8)).toBe('HIT');
  });

  test('live long when their last month is closed, and briefly when it is open', async () => {
    const { stateOf, clock, stored } = await start(adapter);
    await stateOf('profit', '2026-02');
    await stateOf('profit', '2026-03');
    await stateOf('year-to-date', '2026-03');
    await stored();
    clock.advance(59_999);
    expect(await stateOf('profit', '2026-03')).toBe('HIT');
    clock.advance(1);
    expect(await stateOf('profit', '2026-03')).toBe('MISS');
    expect(await stateOf('year-to-date', '2026-03')).toBe('MISS');
    clock.advance(30 * 86_400_000);
    expect(await stateOf('profit', '2026-02')).toBe('HIT');
  });

  test('of a closed period go when it is reopened, and live briefly from then on', async () => {
    const { stateOf, post, clock, stored } = await start(adapter);
    await stateOf('profit', '2026-01');
    await stateOf('profit', '2026-02');
    await stateOf('year-to-date', '2026-02');
    await post('periods/2026-02/reopening');
    expect(await stateOf('profit', '2026-02')).toBe('MISS');
    expect(await stateOf('year-to-date', '2026-02')).toBe('MISS');
    expect(await stateOf('profit', '2026-01')).toBe('HIT');
    await stored();
    clock.advance(60_000);
    expect(await stateOf('profit', '2026-02')).toBe('MISS');
    expect(await stateOf('profit', '2026-01')).toBe('HIT');
  });

  test('go all of the company when the date of an order cannot be read', async () => {
    const { stateOf, post } = await start(adapter);
    await stateOf('profit', '2026-01');
    await post('orders', { date: 'last spring' });
    expect(await stateOf('profit', '2026-01')).toBe('MISS');
  });
});
