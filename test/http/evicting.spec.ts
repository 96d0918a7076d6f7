import {
  ConflictException,
  Controller,
  Get,
  HttpCode,
  HttpException,
  NotFoundException,
  Post,
  Query,
  Redirect,
  ServiceUnavailableException,
} from '@nestjs/common';
import { throwError } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable, CacheEvict, CacheService, NoCache } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { Gate, settle, until } from './gate.js';

interface CompanyRequest {
  query: { companyId?: string; tag?: string };
}

let books: number;
let gate: Gate | undefined;
let loading: number;

const companyOf = (request: CompanyRequest): string | undefined => request.query.companyId;

@Controller()
class Ledger {
  @Get('balance')
  @Cacheable({ type: 'balance', tags: ['2026-03'] })
  async balance() {
    loading++;
    const seen = books;
    await gate?.opened;
    return { seen };
  }

  @Get('orders')
  @Cacheable({ type: 'orders', tags: ({ query }: CompanyRequest) => [String(query.tag)] })
  orders() {
    return { seen: books };
  }

  @Post('post-company')
  @CacheEvict({ company: companyOf })
  postCompany() {
    books++;
  }

  @Post('post-type')
  @CacheEvict({ type: 'orders' })
  postType() {
    books++;
  }

  @Post('post-tag')
  @CacheEvict({ tags: ({ query }: CompanyRequest) => [String(query.tag)] })
  postTag() {
    books++;
  }

  @Post('post-all')
  @CacheEvict()
  @HttpCode(204)
  postAll() {
    books++;
  }

  @Post('post-unreadable')
  @CacheEvict({ type: 'balance', company: () => ({}) as never })
  postUnreadable() {
    books++;
  }

  @Post('fail')
  @CacheEvict()
  fail(@Query('with') kind: string) {
    books++;
    if (kind === 'conflict') throw new ConflictException();
    if (kind === 'missing') return throwError(() => new NotFoundException());
    if (kind === 'unavailable') throw new ServiceUnavailableException();
    if (kind === 'redirect') throw new HttpException('see there', 303);
    throw new Error('half done');
  }

  @Post('redirect')
  @Redirect('/balance', 303)
  @CacheEvict()
  redirect() {
    books++;
  }
}

beforeEach(() => {
  books = 0;
  loading = 0;
  gate = undefined;
});

async function start(adapter: AdapterName) {
  const { app, url, logger } = await startReportApp({ adapter, controllers: [Ledger] });
  const seen = async (path: string): Promise<string> => {
    const answer = await http(`${url}/${path}`);
    return `${answer.xCache} ${(JSON.parse(answer.text) as { seen: number }).seen}`;
  };
  const post = (path: string) => http(`${url}/${path}`, { method: 'POST' });
  return { cache: app.get(CacheService), url, seen, post, logger };
}

describe.each(ADAPTERS)('@CacheEvict over %s', (adapter) => {
  test('drops the reports of one company and keeps those of another', async () => {
    const { seen, post } = await start(adapter);
    for (const id of [1, 2]) await seen(`balance?companyId=${id}`);
    await post('post-company?companyId=1');
    expect(await seen('balance?companyId=1')).toBe('MISS 1');
    expect(await seen('balance?companyId=2')).toBe('HIT 0');
  });

  test('drops one type and keeps the others', async () => {
    const { seen, post } = await start(adapter);
    await seen('balance');
    await seen('orders?tag=a');
    await post('post-type');
    expect(await seen('orders?tag=a')).toBe('MISS 1');
    expect(await seen('balance')).toBe('HIT 0');
  });

  test('drops what carries a tag and keeps the rest', async () => {
    const { seen, post } = await start(adapter);
    await seen('orders?tag=a');
    await seen('orders?tag=b');
    await post('post-tag?tag=a');
    expect(await seen('orders?tag=a')).toBe('MISS 1');
    expect(await seen('orders?tag=b')).toBe('HIT 0');
  });

  test('drops everything when nothing is named', async () => {
    const { seen, post, cache } = await start(adapter);
    await seen('balance?companyId=1');
    await seen('orders?tag=b');
    expect((await post('post-all')).status).toBe(204);
    expect((await cache.getStats()).totalEntries).toBe(0);
    expect(await seen('orders?tag=b')).toBe('MISS 1');
  });

  test('drops more, with one warning, when its company cannot be read', async () => {
    const { seen, post, logger } = await start(adapter);
    await seen('balance?companyId=1');
    await post('post-unreadable');
    await post('post-unreadable');
    expect(await seen('balance?companyId=1')).toBe('MISS 2');
    expect(logger.warnings.filter((warning) => warning.includes('Ledger.postUnreadable'))).toHaveLength(1);
  });

  test.each([
    ['error', 500, 'MISS 1'],
    ['unavailable', 503, 'MISS 1'],
    ['redirect', 303, 'MISS 1'],
    ['conflict', 409, 'HIT 0'],
    ['missing', 404, 'HIT 0'],
  ])('after a handler that ends with %s (%d): %s', async (kind, status, expected) => {
    const { seen, post } = await start(adapter);
    await seen('balance');
    expect((await post(`fail?with=${kind}`)).status).toBe(status);
    expect(await seen('balance')).toBe(expected);
  });

  test('works on a route that redirects', async () => {
    const { seen, post } = await start(adapter);
    await seen('balance');
    const answer = await post('redirect');
    expect([answer.status, answer.headers.location]).toEqual([303, '/balance']);
    expect(await seen('balance')).toBe('MISS 1');
  });

  test('keeps a load that began before it from being stored', async () => {
    const { seen, post, cache } = await start(adapter);
    gate = new Gate();
    const overtaken = seen('balance?companyId=1');
    await until(() => loading === 1);
    await post('post-company?companyId=1');
    gate.open();
    expect(await overtaken).toBe('MISS 0');
    expect((await cache.getStats()).totalEntries).toBe(0);
    expect(await seen('balance?companyId=1')).toBe('MISS 1');
    expect(await seen('balance?companyId=1')).toBe('HIT 1');
  });

  test('lets nobody who comes after it join a load from before', async () => {
    const { seen, post } = await start(adapter);
    gate = new Gate();
    const before = seen('balance?companyId=1');
    await until(() => loading === 1);
    await post('post-company?companyId=1');
    const after = seen('balance?companyId=1');
    await until(() => loading === 2);
    await settle();
    gate.open();
    expect([await before, await after]).toEqual(['MISS 0', 'MISS 1']);
  });
});

describe.each(ADAPTERS)('@Cacheable on a controller, over %s', (adapter) => {
  let runs = 0;

  @Controller('whole')
  @Cacheable({ ttl: '1m' })
  class Whole {
    @Get() list() {
      return { runs: ++runs };
    }
    @Get('never') @NoCache() never() {
      return { runs: ++runs };
    }
    @Get('longer') @Cacheable({ ttl: '1h' }) longer() {
      return { runs: ++runs };
    }
    @Post() book() {
      return { runs: ++runs };
    }
  }

  test('covers its GET routes', async () => {
    const { url } = await startReportApp({ adapter, controllers: [Whole] });
    expect((await http(`${url}/whole`)).xCache).toBe('MISS');
    expect((await http(`${url}/whole`)).xCache).toBe('HIT');
  });

  test('does not cover @NoCache() routes, nor other methods', async () => {
    const { url } = await startReportApp({ adapter, controllers: [Whole] });
    for (let call = 0; call < 2; call++) {
      expect((await http(`${url}/whole/never`)).xCache).toBeUndefined();
      expect((await http(`${url}/whole`, { method: 'POST' })).xCache).toBeUndefined();
    }
  });

  test("counts after the method's own", async () => {
    const { url, clock, stored } = await startReportApp({ adapter, controllers: [Whole] });
    await http(`${url}/whole`);
    await http(`${url}/whole/longer`);
    await stored();
    clock.advance(60_000);
    expect((await http(`${url}/whole`)).xCache).toBe('MISS');
    expect((await http(`${url}/whole/longer`)).xCache).toBe('HIT');
  });
});
