import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Controller, Get, Header, type INestApplication, StreamableFile } from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable, CacheEntryRepository, CacheService, type ReportsCacheOptions } from '../../src/index.js';
import { ReportCache } from '../../src/cache/report-cache.js';
import { http, type HttpAnswer } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName, type ReportApp } from '../support/report-app.js';
import { settle } from './gate.js';

let runs: number;

beforeEach(() => {
  runs = 0;
});

const ROWS = Array.from({ length: 2_000 }, (_, id) => ({ id, account: 'Büromöbel', amount: '12.50' }));
const TEXT = JSON.stringify(ROWS);
const IDENTITY_TAG = `"${createHash('sha256').update(TEXT).digest('base64url')}"`;
const GZIP_TAG = IDENTITY_TAG.replace(/"$/, '-gzip"');
const TAKES_GZIP = { 'accept-encoding': 'gzip' };

@Controller()
class Reports {
  @Get('rows') @Cacheable() rows() {
    runs += 1;
    return ROWS;
  }
  @Get('csv') @Cacheable() csv() {
    return new StreamableFile(Buffer.from(TEXT), { type: 'text/csv' });
  }
  @Get('tagged') @Header('ETag', '"v1"') @Cacheable() tagged() {
    return ROWS;
  }
  @Get('weakly-tagged') @Header('ETag', 'W/"v1"') @Cacheable() weaklyTagged() {
    return ROWS;
  }
  @Get('short') @Cacheable() short() {
    return ROWS.slice(0, 10);
  }
  @Get('office') @Cacheable() office() {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    return new StreamableFile(Buffer.from(TEXT), { type });
  }
  @Get('untransformed') @Header('Cache-Control', 'max-age=5, no-transform') @Cacheable() untransformed() {
    return ROWS;
  }
  @Get('digested') @Header('Repr-Digest', 'sha-256=:x:') @Cacheable() digested() {
    return ROWS;
  }
  @Get('coded') @Header('Content-Encoding', 'gzip') @Header('Content-Type', 'text/csv') @Cacheable() coded() {
    return new StreamableFile(gzipSync(TEXT, { level: 0 }));
  }
  @Get('wide') @Cacheable() wide() {
    return ['x', '\ud83d\ude00'.repeat(1_500_000), '\ud83d'];
  }
}

interface Started {
  url: string;
  app: INestApplication;
  databasePath: string;
}

function start(
  adapter: AdapterName,
  cache: ReportsCacheOptions = {},
  configure?: (app: INestApplication) => void,
) {
  return startReportApp({ adapter, controllers: [Reports], cache, configure });
}

async function restart(
  adapter: AdapterName,
  { app, databasePath }: Started,
  options: ReportsCacheOptions = {},
) {
  await app.close();
  return start(adapter, { ...options, database: { path: databasePath } });
}

/** Asks until the gzip form has been made, behind the first answer. */
async function untilZipped(url: string): Promise<HttpAnswer> {
  for (;;) {
    const answer = await http(url, { headers: TAKES_GZIP });
    if (answer.headers['content-encoding'] === 'gzip') return answer;
  }
}

const form = ({ headers, status }: HttpAnswer) => [status, headers['content-encoding'], headers.etag];

describe.each(ADAPTERS)('a long text over %s', (adapter) => {
  test.each(['rows', 'csv'])('of /%s goes out as stored gzip bytes to whoever takes them', async (path) => {
    const { url } = await start(adapter);
    await http(`${url}/${path}`, { headers: TAKES_GZIP });
    const zipped = await untilZipped(`${url}/${path}`);
    expect([zipped.xCache, ...form(zipped)]).toEqual(['HIT', 200, 'gzip', GZIP_TAG]);
    expect(gunzipSync(zipped.body).toString()).toBe(TEXT);
    expect(zipped.body.length).toBeLessThan(TEXT.length / 5);
    const again = await http(`${url}/${path}`, { headers: TAKES_GZIP });
    expect(again.body.equals(zipped.body)).toBe(true);
    const plain = await http(`${url}/${path}`);
    expect([plain.xCache, plain.text, ...form(plain)]).toEqual(['HIT', TEXT, 200, undefined, IDENTITY_TAG]);
    for (const { headers, body } of [zipped, plain]) {
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers['content-type']).toBe(plain.headers['content-type']);
    }
  });

  test('says on every answer that it varies by Accept-Encoding', async () => {
    const { url } = await start(adapter);
    const answers = [await http(`${url}/rows`), await untilZipped(`${url}/rows`), await http(`${url}/rows`)];
    for (const tag of [IDENTITY_TAG, GZIP_TAG])
      answers.push(await http(`${url}/rows`, { headers: { ...TAKES_GZIP, 'if-none-match': tag } }));
    expect(answers.map(({ headers }) => headers.vary)).toEqual(Array(5).fill('accept-encoding'));
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br, gzip;q=0.8', 'gzip'],
    ['deflate, br', undefined],
    ['gzip;q=0', undefined],
    ['gzip; q=0.000', undefined],
    ['gzip;q=0, *', undefined],
    ['*', 'gzip'],
    ['*;q=0', undefined],
    ['*;q=0, gzip;q=0.1', 'gzip'],
    ['identity', undefined],
    ['identity;q=0.5, gzip;q=0.4', undefined],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['gzip;q=high', undefined],
    ['gzip;q=1.1', undefined],
    ['not-gzip', undefined],
  ])('to a client that sends Accept-Encoding: %s has the coding %s', async (acceptEncoding, coding) => {
    const { url } = await start(adapter);
    await untilZipped(`${url}/rows`);
    const headers: Record<string, string> =
      acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
    const { headers: sent, xCache } = await http(`${url}/rows`, { headers });
    expect([xCache, sent['content-encoding']]).toEqual(['HIT', coding]);
  });

  test.each([
    ['gzip', GZIP_TAG, [304, undefined, GZIP_TAG]],
    ['gzip', `W/${GZIP_TAG}`, [304, undefined, GZIP_TAG]],
    ['gzip', '*', [304, undefined, GZIP_TAG]],
    // The client has the bytes from before the gzip form was made, and takes them still.
    ['gzip', IDENTITY_TAG, [304, undefined, IDENTITY_TAG]],
    ['gzip', `"other", ${IDENTITY_TAG}`, [304, undefined, IDENTITY_TAG]],
    ['gzip', '"other"', [200, 'gzip', GZIP_TAG]],
    ['gzip, identity;q=0', IDENTITY_TAG, [200, 'gzip', GZIP_TAG]],
    ['identity', IDENTITY_TAG, [304, undefined, IDENTITY_TAG]],
    ['identity', '*', [304, undefined, IDENTITY_TAG]],
    // A cache before this one that has the gzip form must not give it to a client that cannot read it.
    ['identity', GZIP_TAG, [200, undefined, IDENTITY_TAG]],
  ])('to Accept-Encoding: %s and If-None-Match: %s is %j', async (acceptEncoding, tag, expected) => {
    const { url } = await start(adapter);
    await untilZipped(`${url}/rows`);
    const headers = { 'accept-encoding': acceptEncoding, 'if-none-match': tag };
    expect(form(await http(`${url}/rows`, { headers }))).toEqual(expected);
    expect(runs).toBe(1);
  });

  test.each([
    ['tagged', '"v1-gzip"', '"v1"'],
    ['weakly-tagged', 'W/"v1"', 'W/"v1"'],
  ])('with an ETag of its own (/%s) has %s as gzip and %s else', async (path, zippedTag, plainTag) => {
    const { url } = await start(adapter);
    const zipped = await untilZipped(`${url}/${path}`);
    const plain = await http(`${url}/${path}`);
    expect([zipped.headers.etag, plain.headers.etag]).toEqual([zippedTag, plainTag]);
  });

  test('has the headers of its gzip form on HEAD, and no body', async () => {
    const { url } = await start(adapter);
    const { headers } = await untilZipped(`${url}/rows`);
    const head = await http(`${url}/rows`, { method: 'HEAD', headers: TAKES_GZIP });
    expect([head.xCache, ...form(head)]).toEqual(['HIT', 200, 'gzip', GZIP_TAG]);
    expect([head.headers['content-length'], head.text]).toEqual([headers['content-length'], '']);
  });

  test('goes out whole to whoever asks for a range of it', async () => {
    const { url } = await start(adapter);
    const { body } = await untilZipped(`${url}/rows`);
    const headers = { ...TAKES_GZIP, range: 'bytes=0-3', 'if-range': GZIP_TAG };
    const answer = await http(`${url}/rows`, { headers });
    expect([answer.status, answer.body.equals(body)]).toEqual([200, true]);
  });

  test('comes from the file after a restart, for clients of both kinds', async () => {
    const before = await start(adapter);
    await http(`${before.url}/rows`);
    const { url, app } = await restart(adapter, before);
    const zipped = await http(`${url}/rows`, { headers: TAKES_GZIP });
    expect([zipped.xCache, ...form(zipped)]).toEqual(['HIT', 200, 'gzip', GZIP_TAG]);
    const alone = (await app.get(CacheService).getStats()).memoryBytes;
    const known = await http(`${url}/rows`, { headers: { 'if-none-match': IDENTITY_TAG } });
    expect(form(known)).toEqual([304, undefined, IDENTITY_TAG]);
    const all = await Promise.all(Array.from({ length: 10 }, () => http(`${url}/rows`)));
    for (const plain of all)
      expect([plain.xCache, plain.text, ...form(plain)]).toEqual(['HIT', TEXT, 200, undefined, IDENTITY_TAG]);
    const both = (await app.get(CacheService).getStats()).memoryBytes;
    expect(both - alone).toBe(Buffer.byteLength(TEXT));
    expect(runs).toBe(1);
  });

  test('that is in the file as gzip is unpacked for everybody while compression is off', async () => {
    const before = await start(adapter);
    await http(`${before.url}/rows`);
    const { url } = await restart(adapter, before, { compression: false });
    const answer = await http(`${url}/rows`, { headers: TAKES_GZIP });
    expect([answer.xCache, answer.text, ...form(answer)]).toEqual([
      'HIT',
      TEXT,
      200,
      undefined,
      IDENTITY_TAG,
    ]);
  });

  test('counts one hit for each answer, unpacked or not', async () => {
    const before = await start(adapter);
    await http(`${before.url}/rows`);
    const { url, app, rows } = await restart(adapter, before);
    await http(`${url}/rows`, { headers: TAKES_GZIP });
    await http(`${url}/rows`);
    await http(`${url}/rows`);
    await app.get(ReportCache, { strict: false }).flushHits();
    expect(await rows('SELECT hit_count FROM cache_entries')).toEqual([{ hit_count: 3 }]);
  });

  test('takes the place of its gzip form in the file, and of both in memory', async () => {
    const { url, app } = await start(adapter);
    const { body } = await untilZipped(`${url}/rows`);
    const { memoryBytes } = await app.get(CacheService).getStats();
    const both = body.length + Buffer.byteLength(TEXT);
    expect(memoryBytes).toBeGreaterThanOrEqual(both);
    expect(memoryBytes).toBeLessThan(both + 2_000);
    await expect
      .poll(async () => (await app.get(CacheEntryRepository).counts(0)).totalBytes)
      .toBeLessThan(body.length + 2_000);
  });

  test('whose gzip form cannot be read after all is made anew', async () => {
    const { url, app, rows } = await start(adapter, { memory: false });
    const entries = app.get(CacheEntryRepository);
    await http(`${url}/rows`);
    await expect.poll(async () => (await entries.counts(0)).totalEntries).toBe(1);
    const entry = await entries.find(await onlyKey(rows));
    if (typeof entry === 'string') throw new Error(entry);
    entry.bytes.writeUInt32BE(0, entry.bytes.length - 8);
    await entries.put(entry);
    const answer = await http(`${url}/rows`);
    expect([answer.xCache, answer.status, answer.text]).toEqual(['MISS', 200, TEXT]);
    expect(answer.headers['cache-status']).toContain('detail=damaged');
    expect(runs).toBe(2);
  });

  test('that is dropped while it is compressed is not in the file afterwards', async () => {
    const { url, app } = await start(adapter);
    const cache = app.get(CacheService);
    for (let turns = 0; turns < 30; turns++) {
      await http(`${url}/rows?round=${turns}`);
      await settle(turns % 10);
      await cache.clear();
    }
    await http(`${url}/rows?round=last`);
    const entries = app.get(CacheEntryRepository);
    await expect.poll(async () => (await entries.counts(0)).totalEntries).toBe(1);
    await settle();
    expect((await entries.counts(0)).totalEntries).toBe(1);
  });

  test('of many megabytes, with characters of four bytes, comes as without a cache', async () => {
    const { url } = await start(adapter);
    const text = JSON.stringify(new Reports().wide());
    for (const expected of ['MISS', 'HIT']) {
      const answer = await http(`${url}/wide`);
      expect([answer.xCache, answer.body.equals(Buffer.from(text))]).toEqual([expected, true]);
      expect(answer.headers.etag).toBe(`"${createHash('sha256').update(text).digest('base64url')}"`);
    }
  });

  test('is compressed once when the app has a compressing middleware as well', async () => {
    const { url } = await start(adapter, {}, (app) => app.use(compressing));
    const first = await http(`${url}/rows`, { headers: TAKES_GZIP });
    expect(gunzipSync(first.body).toString()).toBe(TEXT);
    for (let call = 0; call < 20; call++) {
      const { headers, body } = await http(`${url}/rows`, { headers: TAKES_GZIP });
      expect([headers['content-encoding'], gunzipSync(body).toString()]).toEqual(['gzip', TEXT]);
    }
    expect((await http(`${url}/rows`)).text).toBe(TEXT);
  });
});

describe.each(ADAPTERS)('an answer over %s has no gzip form', (adapter) => {
  const expectOneForm = async (url: string) => {
    await http(url, { headers: TAKES_GZIP });
    await settle(200);
    const { xCache, headers } = await http(url, { headers: TAKES_GZIP });
    expect([xCache, headers['content-encoding'], headers.vary]).toEqual(['HIT', undefined, undefined]);
  };

  test.each(['short', 'office', 'untransformed', 'digested'])('when it is %s', async (path) => {
    const { url } = await start(adapter);
    await expectOneForm(`${url}/${path}`);
  });

  test.each<ReportsCacheOptions>([{ compression: false }, { compression: { minBytes: '1mb' } }])(
    'under %j',
    async (cache) => {
      const { url } = await start(adapter, cache);
      await expectOneForm(`${url}/rows`);
    },
  );

  test('beside the coding that its handler gave it', async () => {
    const { url } = await start(adapter);
    await http(`${url}/coded`);
    await settle(200);
    for (const headers of [{}, TAKES_GZIP]) {
      const answer = await http(`${url}/coded`, { headers });
      expect([answer.xCache, answer.headers['content-encoding']]).toEqual(['HIT', 'gzip']);
      expect(gunzipSync(answer.body).toString()).toBe(TEXT);
    }
  });
});

test('a text that is shorter than compression.minBytes by default may be compressed by it', async () => {
  const { url } = await start('express', { compression: { minBytes: 100 } });
  await http(`${url}/short`);
  expect(JSON.parse(gunzipSync((await untilZipped(`${url}/short`)).body).toString())).toHaveLength(10);
});

async function onlyKey(rows: ReportApp['rows']): Promise<string> {
  const stored = await rows<{ cache_key: string }>('SELECT cache_key FROM cache_entries');
  return stored.map(({ cache_key: key }) => key).join();
}

interface EndingResponse {
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
  end: (chunk?: unknown, ...rest: unknown[]) => unknown;
  writeHead: (status: number, ...rest: unknown[]) => unknown;
}

/** Does what the packages `compression` and `@fastify/compress` do: gzip for whatever has no coding yet. */
function compressing(
  request: { headers: Record<string, string> },
  response: EndingResponse,
  next: () => void,
): void {
  const { end, writeHead } = response;
  let head: unknown[] | undefined;
  response.writeHead = (...parts: [number]) => ((head = parts), response);
  response.end = (chunk, ...rest) => {
    const headers = head?.find((part) => typeof part === 'object') as Record<string, unknown> | undefined;
    const coding = response.getHeader('content-encoding') ?? headers?.['content-encoding'];
    const zips = coding === undefined && request.headers['accept-encoding'] === 'gzip' && chunk !== undefined;
    if (zips) {
      delete headers?.['content-length'];
      response.removeHeader('Content-Length');
      response.setHeader('Content-Encoding', 'gzip');
    }
    response.writeHead = writeHead;
    if (head !== undefined) writeHead.apply(response, head as [number]);
    return end.call(response, zips ? gzipSync(chunk as Buffer) : chunk, ...rest);
  };
  next();
}
