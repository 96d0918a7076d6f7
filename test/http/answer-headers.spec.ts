import { createHash } from 'node:crypto';
import { Controller, Get, Header, type INestApplication, Res, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable, type ReportsCacheOptions } from '../../src/index.js';
import { http, type HttpAnswer } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';

let runs: number;
let fails: boolean;

beforeEach(() => {
  runs = 0;
  fails = false;
});

@Controller('reports')
class Reports {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get('rows') @Cacheable({ ttl: '10m', grace: '1h' }) rows() {
    if (fails) throw new Error('the source is out');
    return { run: ++runs, rows: ['ä', 'b'] };
  }
  @Get('file') @Cacheable() file() {
    return new StreamableFile(Buffer.from(`file ${++runs}`), { type: 'text/csv', disposition: 'inline' });
  }
  @Get('own')
  @Cacheable()
  own(@Res({ passthrough: true }) response: unknown) {
    const set = (name: string, value: string) => void this.host.httpAdapter.setHeader(response, name, value);
    set('X-Rows', '7');
    set('X-Request-Id', `r${++runs}`);
    set('Link', '<a>; rel=next, <b>; rel=last');
    set('Cache-Status', 'erp; hit');
    return 'own';
  }
  @Get('decorated')
  @Header('Cache-Control', 'no-store')
  @Cacheable()
  decorated() {
    return { run: ++runs };
  }
  @Get('decorated-vary') @Header('Vary', 'Accept') @Cacheable() decoratedVary() {
    return { run: ++runs };
  }
  @Get('decorated-type') @Header('Content-Type', 'text/csv') @Cacheable() decoratedType() {
    return new StreamableFile(Buffer.from('a;b'), { type: 'application/octet-stream' });
  }
  @Get('varies') @Cacheable({ headers: ['accept-language'] }) varies(
    @Res({ passthrough: true }) response: unknown,
  ) {
    this.host.httpAdapter.setHeader(response, 'Vary', 'Origin, Accept-Language');
    return { run: ++runs };
  }
  @Get('head-aware') @Cacheable() headAware(
    @Res({ passthrough: true }) response: { req?: unknown; request?: unknown },
  ) {
    const { method } = (response.req ?? response.request) as { method: string };
    return method === 'HEAD' ? {} : { run: ++runs };
  }
}

/** Without those of the moment and the connection. */
const lasting = ({ headers }: HttpAnswer) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)),
  );

describe.each(ADAPTERS)('the headers of an answer over %s', (adapter) => {
  const start = async (cache: ReportsCacheOptions = {}, configure?: (app: INestApplication) => void) => {
    const app = await startReportApp({ adapter, controllers: [Reports], cache, configure });
    return { ...app, url: `${app.url}/reports` };
  };

  test('hold a strong ETag of the bytes that were sent, on a MISS as on a HIT', async () => {
    const { url } = await start();
    for (const expected of ['MISS', 'HIT']) {
      const answer = await http(`${url}/rows`);
      const digest = createHash('sha256').update(answer.body).digest('base64url');
      expect([answer.xCache, answer.headers.etag]).toEqual([expected, `"${digest}"`]);
    }
  });

  test('say private, no-cache by default', async () => {
    const { url } = await start();
    for (let call = 0; call < 2; call++)
      expect((await http(`${url}/rows`)).headers['cache-control']).toBe('private, no-cache');
  });

  test('say how old a HIT is, and why a MISS was one', async () => {
    const { url, clock } = await start();
    const cold = await http(`${url}/rows`);
    expect(cold.headers.age).toBeUndefined();
    expect(cold.headers['cache-status']).toBe('reports-cache; fwd=uri-miss; stored; detail=cold');
    clock.advance(61_500);
    const hit = await http(`${url}/rows`);
    expect([hit.headers.age, hit.headers['cache-status']]).toEqual(['61', 'reports-cache; hit; ttl=538']);
    clock.advance(600_000);
    const expired = await http(`${url}/rows`);
    expect(expired.headers['cache-status']).toBe('reports-cache; fwd=stale; stored; detail=ttl');
  });

  test('say STALE within the grace of a source that fails', async () => {
    const { url, clock, stored } = await start();
    const first = await http(`${url}/rows`);
    await stored();
    clock.advance(660_000);
    fails = true;
    const stale = await http(`${url}/rows`);
    expect([stale.xCache, stale.headers.age, stale.text]).toEqual(['STALE', '660', first.text]);
    expect(stale.headers['cache-status']).toBe('reports-cache; hit; ttl=-60; detail=grace');
    clock.advance(3_600_000);
    expect((await http(`${url}/rows`)).status).toBe(500);
  });

  test('are valid structured fields (RFC 9211, RFC 8941)', async () => {
    const { url } = await start();
    const statuses: unknown[] = [];
    for (const path of ['rows', 'rows', 'decorated', `rows?a=${'x'.repeat(3_000)}`])
      statuses.push((await http(`${url}/${path}`)).headers['cache-status']);
    const parameter = '; (hit|stored|collapsed|ttl=-?\\d{1,15}|fwd=[a-z-]+|detail=[a-z-]+)';
    for (const status of statuses) expect(status).toMatch(new RegExp(`^reports-cache(${parameter})+$`));
    expect(statuses.join()).toContain('fwd=bypass; detail=key-too-long');
  });

  test('name the other caches on the way before this one', async () => {
    const { url } = await start();
    expect((await http(`${url}/own`)).headers['cache-status']).toMatch(/^erp; hit, reports-cache; fwd=/);
    expect((await http(`${url}/own`)).headers['cache-status']).toMatch(/^reports-cache; hit/);
  });

  test('that the handler set come back on a HIT, but for those of one request', async () => {
    const { url } = await start();
    await http(`${url}/own`);
    const { headers } = await http(`${url}/own`);
    expect(headers).toMatchObject({ 'x-rows': '7', link: '<a>; rel=next, <b>; rel=last' });
    expect(headers['x-request-id']).toBeUndefined();
  });

  test('of the middleware are not stored, and its Vary does not keep the route out', async () => {
    let request = 0;
    const { url } = await start({}, (app) => {
      app.use(
        (_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
          response.setHeader('X-Trace', String(++request));
          response.setHeader('Set-Cookie', `visit=${request}`);
          response.setHeader('Vary', 'Origin');
          next();
        },
      );
    });
    for (const [index, expected] of ['MISS', 'HIT'].entries()) {
      const { xCache, headers } = await http(`${url}/varies`);
      expect(xCache).toBe(expected);
      expect(headers['x-trace']).toBe(String(index + 1));
      expect(headers['set-cookie']).toEqual([`visit=${index + 1}`]);
      expect(headers.vary?.toLowerCase()).toBe('origin, accept-language');
    }
  });

  test.each(['decorated', 'decorated-vary'])(
    'that a @Header() sets keep /%s out of the cache',
    async (path) => {
      const { url } = await start();
      await http(`${url}/${path}`);
      expect((await http(`${url}/${path}`)).text).toBe('{"run":2}');
    },
  );

  test('that the app sets for everybody count too: no-store', async () => {
    const { url } = await start({}, (app) => {
      app.use(
        (_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
          response.setHeader('Cache-Control', 'no-store');
          next();
        },
      );
    });
    await http(`${url}/rows`);
    const second = await http(`${url}/rows`);
    expect([second.xCache, second.headers['cache-control']]).toEqual(['MISS', 'no-store']);
  });

  test("keep a @Header()'s Content-Type before that of the file", async () => {
    const { url } = await start();
    for (let call = 0; call < 2; call++)
      expect((await http(`${url}/decorated-type`)).headers['content-type']).toMatch(/^text\/csv/);
  });

  test.each(['rows', 'file'])('are the same for HEAD of /%s, without its body', async (path) => {
    const { url } = await start();
    await http(`${url}/${path}`);
    const get = await http(`${url}/${path}`);
    const head = await http(`${url}/${path}`, { method: 'HEAD' });
    expect([head.status, head.xCache, head.text]).toEqual([200, 'HIT', '']);
    expect(lasting(head)).toEqual(lasting(get));
    expect(runs).toBe(1);
  });

  test('of a HEAD come from the handler when nothing is stored, and nothing is stored by it', async () => {
    const { url } = await start();
    const head = await http(`${url}/head-aware`, { method: 'HEAD' });
    expect([head.status, head.xCache, head.text]).toEqual([200, 'MISS', '']);
    const get = await http(`${url}/head-aware`);
    expect([get.xCache, get.text]).toEqual(['MISS', '{"run":1}']);
  });

  test('of a 304 leave out what belongs to a body', async () => {
    const { url } = await start();
    const { headers } = await http(`${url}/rows`);
    const notModified = await http(`${url}/rows`, { headers: { 'if-none-match': headers.etag ?? '' } });
    expect([notModified.status, notModified.text]).toEqual([304, '']);
    expect(notModified.headers).toMatchObject({ etag: headers.etag, 'cache-control': 'private, no-cache' });
    expect(notModified.headers['content-length']).toBeUndefined();
    expect(notModified.headers['transfer-encoding']).toBeUndefined();
  });

  test('are a 304 on the very first request as well, when the client has the bytes', async () => {
    const { url } = await start();
    const { headers } = await http(`${url}/rows?a=1`);
    runs = 0;
    const first = await http(`${url}/rows?a=2`, { headers: { 'if-none-match': headers.etag ?? '' } });
    expect([first.xCache, first.status]).toEqual(['MISS', 304]);
    expect((await http(`${url}/rows?a=2`)).xCache).toBe('HIT');
  });

  test.each<[ReportsCacheOptions, boolean, boolean]>([
    [{ xCacheHeader: false }, false, true],
    [{ cacheStatusHeader: false }, true, false],
    [{ xCacheHeader: false, cacheStatusHeader: false }, false, false],
  ])('say nothing of this cache under %j', async (cache, xCache, cacheStatus) => {
    const { url } = await start(cache);
    for (const path of ['rows', 'rows', `rows?a=${'x'.repeat(3_000)}`]) {
      const { headers } = await http(`${url}/${path}`);
      expect(['x-cache' in headers, 'cache-status' in headers]).toEqual([xCache, cacheStatus]);
    }
  });
});
