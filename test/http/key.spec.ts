import { request as openRequest } from 'node:http';
import {
  All,
  Controller,
  Get,
  Headers,
  HostParam,
  type INestApplication,
  Param,
  ParseIntPipe,
  Query,
  Req,
  Version,
  VersioningType,
} from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable, CacheService } from '../../src/index.js';
import { canonicalJson } from '../../src/http/canonical-json.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type ReportApp } from '../support/report-app.js';

let runs: number;

beforeEach(() => {
  runs = 0;
});

interface EchoRequest {
  query: Record<string, unknown>;
  headers: Record<string, string>;
  host: string;
  protocol: string;
}

@Controller('reports')
class Reports {
  @Get('all') @Cacheable() all(@Query() query: object) {
    return { run: ++runs, query: { ...query } };
  }
  @Get('declared')
  @Cacheable({ params: ['period'] })
  declared(@Query() query: object, @Query('debug') debug?: string) {
    return { run: ++runs, query: { ...query }, debug: debug ?? null };
  }
  @Get('of/:id') @Cacheable() of(@Param('id') id: string) {
    return { run: ++runs, id };
  }
  @Get('piped') @Cacheable() piped(@Query('companyId', ParseIntPipe) companyId: number) {
    return { run: ++runs, companyId };
  }
  @Get('language')
  @Cacheable({ headers: ['Accept-Language'] })
  language(@Req() { headers }: EchoRequest) {
    return { run: ++runs, language: headers['accept-language'] ?? null };
  }
  @Get('argument') @Cacheable() argument(@Headers('X-Unit') unit?: string) {
    return { run: ++runs, unit: unit ?? null };
  }
  @Get('secret') @Cacheable({ scope: 'global', headers: ['authorization'] }) secret() {
    return { run: ++runs };
  }
  @Get('links') @Cacheable() links(@Req() { host, protocol }: EchoRequest) {
    return { run: ++runs, self: `${protocol}://${host}/` };
  }
  @Get('a') @Cacheable({ type: 'same' }) a() {
    return { run: ++runs, from: 'a' };
  }
  @Get('b') @Cacheable({ type: 'same' }) b() {
    return { run: ++runs, from: 'b' };
  }
  @Get(['one', 'two']) @Cacheable() either(@Req() { url }: { url: string }) {
    return { run: ++runs, url };
  }
}

describe.each(ADAPTERS)('the key over %s', (adapter) => {
  const start = async (configure?: (app: INestApplication) => void) => {
    const { app, url, logger, rows } = await startReportApp({ adapter, controllers: [Reports], configure });
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const { xCache, text, status } = await http(`${url}/reports/${path}`, { headers });
      return { xCache, status, text, run: (JSON.parse(text) as { run: number }).run, ...JSON.parse(text) };
    };
    return { app, url, ask, logger, rows };
  };

  test('does not depend on the order of the parameters', async () => {
    const { ask } = await start();
    await ask('all?a=1&b=2');
    expect((await ask('all?b=2&a=1')).xCache).toBe('HIT');
  });

  test.each([
    ['a=1&a=2', 'a=1,2'],
    ['a=1&a=2', 'a=2&a=1'],
    ['a=1', 'a=1&a=1'],
    ['a=', 'a=null'],
    ['a', 'b'],
    ['a=1', 'a=1%20'],
    ['a=1&b=2', 'a=1%26b=2'],
    ['a=%22,%22b', 'a=&b='],
    ['period=1', 'Period=1'],
    ['__proto__=1', '__proto__=2'],
    ['constructor=1', 'toString=1'],
  ])('tells ?%s from ?%s', async (one, other) => {
    const { ask } = await start();
    expect((await ask(`all?${one}`)).xCache).toBe('MISS');
    expect((await ask(`all?${other}`)).xCache).toBe('MISS');
    expect((await ask(`all?${one}`)).xCache).toBe('HIT');
  });

  test('tells ?__proto__[x]=1 apart under a parser of nested parameters, and pollutes nothing', async () => {
    const { ask } = await start((app) => {
      if (adapter === 'express') (app as NestExpressApplication).set('query parser', 'extended');
    });
    await ask('all?a[__proto__][polluted]=1&__proto__[polluted]=1');
    await ask('declared?__proto__[polluted]=1&period=2');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await ask('all?a[b]=1');
    expect((await ask('all?a[b]=2')).xCache).toBe('MISS');
    expect((await ask('all?a[b]=1')).xCache).toBe('HIT');
  });

  test('undeclared parameters neither split an entry nor reach the handler', async () => {
    const { ask } = await start();
    const first = await ask('declared?period=1&debug=evil&_=1');
    expect([first.xCache, first.query, first.debug]).toEqual(['MISS', { period: '1' }, null]);
    const second = await ask('declared?_=2&period=1');
    expect([second.xCache, second.text]).toEqual(['HIT', first.text]);
    expect((await ask('declared?period=2')).xCache).toBe('MISS');
  });

  test('companyId counts as declared', async () => {
    const { ask } = await start();
    expect((await ask('declared?companyId=1&period=1')).query).toEqual({ companyId: '1', period: '1' });
    expect((await ask('declared?companyId=2&period=1')).xCache).toBe('MISS');
  });

  test("holds the route's parameters, however they are encoded", async () => {
    const { ask } = await start();
    expect((await ask('of/7')).xCache).toBe('MISS');
    expect((await ask('of/8')).xCache).toBe('MISS');
    expect((await ask('of/%37')).xCache).toBe('HIT');
  });

  test('tells routes of one type apart, and the paths of one route', async () => {
    const { ask } = await start();
    await ask('a');
    expect((await ask('b')).from).toBe('b');
    await ask('one');
    expect((await ask('two')).url).toBe('/reports/two');
  });

  test('a request that the pipes reject is stored nowhere, and takes no entry', async () => {
    const { app, ask, logger } = await start();
    expect((await ask('piped?companyId=x')).status).toBe(400);
    expect((await ask('piped?companyId=x')).status).toBe(400);
    expect((await app.get(CacheService).getStats()).totalEntries).toBe(0);
    await ask('piped?companyId=1');
    // The pipe would make the company 1 of it, and clearByCompany(1) would not drop its entry.
    expect(await ask('piped?companyId=01')).toMatchObject({ xCache: 'BYPASS', companyId: 1, run: 2 });
    expect(logger.warnings[0]).toContain('Reports.piped');
  });

  test('holds declared headers, and they are named in Vary', async () => {
    const { ask, url } = await start();
    expect((await ask('language', { 'accept-language': 'de' })).xCache).toBe('MISS');
    expect((await ask('language', { 'accept-language': 'en' })).language).toBe('en');
    expect((await ask('language')).language).toBeNull();
    const hit = await http(`${url}/reports/language`, { headers: { 'accept-language': 'de', 'x-any': '1' } });
    expect([hit.xCache, hit.headers.vary]).toEqual(['HIT', 'accept-language']);
  });

  test('holds the headers that the handler takes as arguments', async () => {
    const { ask, url } = await start();
    expect((await ask('argument', { 'x-unit': 'EUR' })).unit).toBe('EUR');
    expect((await ask('argument')).unit).toBeNull();
    expect((await http(`${url}/reports/argument`)).headers.vary).toBe('x-unit');
  });

  test('keeps no secret readable in the file', async () => {
    const { ask, rows } = await start();
    await ask('secret', { authorization: 'Bearer top-secret' });
    expect((await ask('secret', { authorization: 'Bearer other' })).xCache).toBe('MISS');
    expect((await ask('secret', { authorization: 'Bearer top-secret' })).xCache).toBe('HIT');
    const keys = await keysOf(rows, 2);
    expect(keys.join()).not.toContain('top-secret');
  });

  test('holds the host, so that no client writes its links into the report of another', async () => {
    const { ask } = await start();
    expect((await ask('links', { host: 'evil.example' })).self).toBe('http://evil.example/');
    expect((await ask('links', { host: 'erp.example:81' })).self).toBe('http://erp.example:81/');
    expect((await ask('links', { host: 'erp.example' })).self).toBe('http://erp.example/');
    expect((await ask('links', { host: 'erp.example', 'x-forwarded-host': 'evil.example' })).self).toBe(
      'http://erp.example/',
    );
  });

  test('does not hold the port that the server listens on', async () => {
    const { ask, url, rows } = await start();
    await ask('all', { host: `erp.example:${new URL(url).port}` });
    expect((await keysOf(rows, 1)).join()).toContain('"http://erp.example"');
  });

  test('is no longer than 2,048 characters: what is longer goes past the cache', async () => {
    const { ask } = await start();
    expect((await ask(`all?a=${'x'.repeat(1_000)}`)).xCache).toBe('MISS');
    expect((await ask(`all?a=${'x'.repeat(2_000)}`)).xCache).toBe('BYPASS');
  });

  test('a GET with a body goes past the cache, and its body into no entry', async () => {
    const { ask, url } = await start();
    const fat = await http(`${url}/reports/all`, {
      headers: { 'content-length': '17' },
      body: { period: 'evil' },
    });
    expect(fat.xCache).toBe('BYPASS');
    expect((await ask('all')).xCache).toBe('MISS');
    const chunked = await new Promise<string | undefined>((resolve, reject) => {
      const outgoing = openRequest(`${url}/reports/all`, { method: 'GET', agent: false }, (incoming) => {
        incoming.resume();
        resolve(incoming.headers['x-cache'] as string | undefined);
      });
      outgoing.on('error', reject);
      outgoing.setHeader('transfer-encoding', 'chunked');
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end('{}');
    });
    expect(chunked).toBe('BYPASS');
  });
});

/** Entries are committed after the answer has left. */
async function keysOf(rows: ReportApp['rows'], count: number): Promise<string[]> {
  for (;;) {
    const stored = await rows<{ cache_key: string }>('SELECT cache_key FROM cache_entries');
    if (stored.length >= count) return stored.map((row) => row.cache_key);
  }
}

describe.each(ADAPTERS)('controllers that are easily mistaken, over %s', (adapter) => {
  test('those that inherit a handler do not share its entries', async () => {
    abstract class Base {
      abstract readonly name: string;
      @Get() @Cacheable({ type: 'inherited' }) report() {
        return { run: ++runs, name: this.name };
      }
    }
    @Controller('sales')
    class Sales extends Base {
      readonly name = 'sales';
    }
    @Controller('stock')
    class Stock extends Base {
      readonly name = 'stock';
    }
    const { url } = await startReportApp({ adapter, controllers: [Sales, Stock] });
    await http(`${url}/sales`);
    expect((await http(`${url}/stock`)).text).toContain('stock');
    expect((await http(`${url}/sales`)).text).toContain('sales');
  });

  test('those of one name do not share entries', async () => {
    const make = (path: string) => {
      @Controller(path)
      class Reports {
        @Get() @Cacheable({ type: 'named' }) report() {
          return { path };
        }
      }
      return Reports;
    };
    const { url } = await startReportApp({ adapter, controllers: [make('east'), make('west')] });
    await http(`${url}/east`);
    expect((await http(`${url}/west`)).text).toBe('{"path":"west"}');
  });

  test.each([
    ['of the path', { type: VersioningType.URI } as const, (version: string) => `v${version}/reports`],
    ['of a header', { type: VersioningType.HEADER, header: 'x-version' } as const, () => 'reports'],
  ])('versions %s are told apart, under a global prefix', async (_name, versioning, path) => {
    @Controller('reports')
    class Versioned {
      @Version('1') @Get() @Cacheable({ type: 'versioned' }) report() {
        return { version: 1 };
      }
      @Version('2') @Get() @Cacheable({ type: 'versioned' }) second() {
        return { version: 2 };
      }
    }
    const { url } = await startReportApp({
      adapter,
      controllers: [Versioned],
      configure: (app) => app.setGlobalPrefix('api').enableVersioning(versioning),
    });
    for (const expected of ['MISS', 'HIT']) {
      for (const version of ['1', '2']) {
        const answer = await http(`${url}/api/${path(version)}`, { headers: { 'x-version': version } });
        expect([answer.xCache, answer.text]).toEqual([expected, `{"version":${version}}`]);
      }
    }
  });

  test('tenants told apart by their host names do not share entries', async () => {
    @Controller({ path: 'reports', host: ':tenant.erp.example' })
    class Tenants {
      @Get() @Cacheable() report(@HostParam('tenant') tenant: string) {
        return { tenant };
      }
    }
    const { url } = await startReportApp({ adapter, controllers: [Tenants] });
    for (const tenant of ['acme', 'umbrella']) {
      const { text } = await http(`${url}/reports`, { headers: { host: `${tenant}.erp.example` } });
      expect(text).toBe(`{"tenant":"${tenant}"}`);
    }
  });

  test('an @All() route answers other methods past the cache', async () => {
    @Controller('any')
    class Any {
      @All() @Cacheable() any() {
        return { run: ++runs };
      }
    }
    const { url } = await startReportApp({ adapter, controllers: [Any] });
    await http(`${url}/any`);
    const post = await http(`${url}/any`, { method: 'POST' });
    expect([post.xCache, post.text]).toEqual(['BYPASS', '{"run":2}']);
    expect(post.headers['cache-status']).toBe('reports-cache; fwd=method; detail=method');
    expect((await http(`${url}/any`)).text).toBe('{"run":1}');
  });
});

describe('canonical JSON', () => {
  const parameter = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'null', '1', '[]', '{}', '","', '\\', '__proto__', '1,2'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const query = fc.dictionary(
    fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'b', 'a,b', '__proto__', '0', '1')),
    fc.oneof(
      parameter,
      fc.array(parameter, { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 2 }), parameter),
    ),
    { maxKeys: 3 },
  );

  test('is injective over 100,000 pairs', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.tuple(query, query), ([one, other]) => {
        expect(canonicalJson(one) === canonicalJson(other)).toBe(isSame(one, other));
      }),
      { numRuns: 100_000 },
    );
  });

  test('says the same for every order of the keys', () => {
    fc.assert(
      fc.property(query, (one) => {
        const reversed = Object.fromEntries(Object.entries(one).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(one));
      }),
    );
  });

  test.each([[new Map([[1, 2]])], [new Date(0)], [NaN], [Infinity], [-0], [1n], [Symbol('s')], [() => 1]])(
    'refuses %s, which JSON would change',
    (value) => {
      expect(() => canonicalJson({ value })).toThrow('parameter-type');
    },
  );
});

/** Deep equality of JSON values, written without any text. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) =>
        Object.hasOwn(other, key) &&
        isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}
