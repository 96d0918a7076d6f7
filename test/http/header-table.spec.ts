import { Controller, Get, type INestApplication, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';
import { UserGuard } from './user-guard.js';

interface Row {
  /** The rule. */
  rule: string;
  route?: 'global' | 'user' | 'language';
  /** What the handler sets. */
  status?: number;
  answer?: Record<string, string>;
  /** What both requests send, and what the second one sends besides. */
  request?: Record<string, string>;
  second?: Record<string, string>;
  method?: 'HEAD';
  /** X-Cache of the second request. */
  then: 'HIT' | 'MISS' | 'BYPASS';
  /** Its status; default 200. */
  statusThen?: number;
  /** Headers of the second answer. */
  headersThen?: Record<string, string | undefined>;
}

const ALICE = { 'x-user': 'alice' };
const LAST_MODIFIED = 'Sun, 01 Feb 2026 00:00:00 GMT';

const STORED_OR_NOT: Row[] = [
  { rule: 'RFC 9111 §3: a final 200 may be stored', then: 'HIT' },
  { rule: 'RFC 9111 §3: 201 is not kept, for only 200 is', status: 201, then: 'MISS', statusThen: 201 },
  { rule: 'RFC 9111 §3: 203 is not kept', status: 203, then: 'MISS', statusThen: 203 },
  { rule: 'RFC 9111 §3: 204 is not kept', status: 204, then: 'MISS', statusThen: 204 },
  { rule: 'RFC 9111 §3.3: 206 is a part of an answer', status: 206, then: 'MISS', statusThen: 206 },
  {
    rule: 'RFC 9111 §4.3.3: 304 of a handler has no body to keep',
    status: 304,
    then: 'MISS',
    statusThen: 304,
  },
  { rule: 'RFC 9111 §3: 301 is not kept', status: 301, then: 'MISS', statusThen: 301 },
  { rule: 'RFC 9111 §3: 404 as an answer is not kept', status: 404, then: 'MISS', statusThen: 404 },
  { rule: 'RFC 9111 §3: 500 as an answer is not kept', status: 500, then: 'MISS', statusThen: 500 },
  { rule: 'RFC 9111 §3: 503 as an answer is not kept', status: 503, then: 'MISS', statusThen: 503 },
  {
    rule: 'RFC 9111 §7.3: Set-Cookie would be given to others',
    answer: { 'set-cookie': 'a=1' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §7.3: Set-Cookie is not kept for one user either',
    route: 'user',
    request: ALICE,
    answer: { 'set-cookie': 'a=1' },
    then: 'MISS',
  },
  { rule: 'RFC 9111 §5.2.2.5: no-store', answer: { 'cache-control': 'no-store' }, then: 'MISS' },
  { rule: 'RFC 9111 §5.2: directives have no case', answer: { 'cache-control': 'No-Store' }, then: 'MISS' },
  {
    rule: 'RFC 9111 §5.2.2.5: no-store among others',
    answer: { 'cache-control': 'max-age=60, no-store' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §5.2: an argument does not hide no-store',
    answer: { 'cache-control': 'no-store=1' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §5.2.2.5: no-store for one user',
    route: 'user',
    request: ALICE,
    answer: { 'cache-control': 'no-store' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §5.2.2.7: private in a shared entry',
    answer: { 'cache-control': 'private' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §5.2.2.7: private with fields counts as private',
    answer: { 'cache-control': 'private="x-a, x-b"' },
    then: 'MISS',
  },
  {
    rule: "RFC 9111 §5.2.2.7: private in one user's entry",
    route: 'user',
    request: ALICE,
    answer: { 'cache-control': 'private' },
    then: 'HIT',
    headersThen: { 'cache-control': 'private' },
  },
  {
    rule: 'RFC 9111 §5.2.2.9: public is kept as it was set',
    answer: { 'cache-control': 'public, max-age=60' },
    then: 'HIT',
    headersThen: { 'cache-control': 'public, max-age=60' },
  },
  {
    rule: 'RFC 9111 §5.2.2.4: no-cache is for those who ask here; this cache is the origin they ask',
    answer: { 'cache-control': 'no-cache' },
    then: 'HIT',
    headersThen: { 'cache-control': 'no-cache' },
  },
  { rule: 'RFC 9111 §4.1: Vary: *', answer: { vary: '*' }, then: 'MISS' },
  { rule: 'RFC 9111 §4.1: Vary on a header out of the key', answer: { vary: 'Accept' }, then: 'MISS' },
  {
    rule: 'RFC 9111 §4.1: Vary on a header of the key',
    route: 'language',
    answer: { vary: 'Accept-Language' },
    then: 'HIT',
    headersThen: { vary: 'accept-language' },
  },
  {
    rule: 'RFC 9111 §4.1: Vary on a header of the key and another',
    route: 'language',
    answer: { vary: 'Accept-Language, Accept' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §4.1: another value of a header of the key',
    route: 'language',
    second: { 'accept-language': 'de' },
    then: 'MISS',
  },
  {
    rule: 'RFC 9111 §3.5: Authorization without a user',
    route: 'user',
    request: { authorization: 'x' },
    then: 'BYPASS',
  },
  {
    rule: 'RFC 9111 §3.5: Authorization, and the route says everybody',
    request: { authorization: 'x' },
    then: 'HIT',
  },
  {
    rule: "RFC 9111 §3.5: Authorization and one user's entry",
    route: 'user',
    request: { ...ALICE, authorization: 'x' },
    then: 'HIT',
  },
];

const REQUESTS: Row[] = [
  {
    rule: 'RFC 9111 §5.2.1.4: a client may not force a refresh',
    second: { 'cache-control': 'no-cache' },
    then: 'HIT',
  },
  { rule: 'RFC 9111 §5.2.1.1: nor by max-age=0', second: { 'cache-control': 'max-age=0' }, then: 'HIT' },
  { rule: 'RFC 9111 §5.4: nor by Pragma', second: { pragma: 'no-cache' }, then: 'HIT' },
  { rule: 'RFC 9110 §14.2: a Range may be ignored', second: { range: 'bytes=0-3' }, then: 'HIT' },
  {
    rule: 'RFC 9110 §13.1.5: and If-Range with it',
    second: { range: 'bytes=0-3', 'if-range': '"v1"' },
    then: 'HIT',
  },
  { rule: 'RFC 9110 §12.5.1: Accept is not in the key', second: { accept: 'text/csv' }, then: 'HIT' },
  { rule: 'RFC 9110 §10.1.5: User-Agent is not in the key', second: { 'user-agent': 'x' }, then: 'HIT' },
  {
    rule: 'RFC 7239 §4: X-Forwarded-For is not in the key',
    second: { 'x-forwarded-for': '1.2.3.4' },
    then: 'HIT',
  },
  { rule: 'RFC 9111 §2: another host is another resource', second: { host: 'other.example' }, then: 'MISS' },
  { rule: 'RFC 9110 §9.3.2: HEAD is answered from what GET brought', method: 'HEAD', then: 'HIT' },
];

const CONDITIONS: Row[] = [
  ...[
    ['RFC 9110 §13.1.2: the entity tag', '"v1"'],
    ['RFC 9110 §13.1.2: weak comparison', 'W/"v1"'],
    ['RFC 9110 §13.1.2: a list', '"v0", W/"v1", "v2"'],
    ['RFC 9110 §8.8.3: a comma inside a tag', '"a,b","v1"'],
    ['RFC 9110 §13.1.2: *', '*'],
  ].map(([rule = '', tag = '']): Row => ({
    rule,
    answer: { etag: '"v1"', 'cache-control': 'max-age=5' },
    second: { 'if-none-match': tag },
    then: 'HIT',
    statusThen: 304,
    headersThen: { etag: '"v1"', 'cache-control': 'max-age=5' },
  })),
  ...[
    ['RFC 9110 §13.1.2: another tag', '"v2"'],
    ['RFC 9110 §8.8.3: a tag without quotes is none', 'v1'],
    ['RFC 9110 §8.8.3: tags have a case', '"V1"'],
    ['RFC 9110 §13.1.2: an empty list', ''],
    ['RFC 9110 §8.8.3: part of a tag', '"v1x"'],
  ].map(([rule = '', tag = '']): Row => ({
    rule,
    answer: { etag: '"v1"' },
    second: { 'if-none-match': tag },
    then: 'HIT',
  })),
  {
    rule: 'RFC 9110 §8.8.1: a weak tag of the handler',
    answer: { etag: 'W/"v1"' },
    second: { 'if-none-match': '"v1"' },
    then: 'HIT',
    statusThen: 304,
    headersThen: { etag: 'W/"v1"' },
  },
  {
    rule: 'RFC 9110 §13.1.2: a HEAD may be 304 as well',
    answer: { etag: '"v1"' },
    second: { 'if-none-match': '"v1"' },
    method: 'HEAD',
    then: 'HIT',
    statusThen: 304,
  },
  {
    rule: 'RFC 9110 §13.1.3: not modified since',
    answer: { 'last-modified': LAST_MODIFIED },
    second: { 'if-modified-since': LAST_MODIFIED },
    then: 'HIT',
    statusThen: 304,
  },
  {
    rule: 'RFC 9110 §13.1.3: modified since',
    answer: { 'last-modified': LAST_MODIFIED },
    second: { 'if-modified-since': 'Sat, 31 Jan 2026 23:59:59 GMT' },
    then: 'HIT',
  },
  {
    rule: 'RFC 9110 §13.1.3: a date that cannot be read',
    answer: { 'last-modified': LAST_MODIFIED },
    second: { 'if-modified-since': 'lately' },
    then: 'HIT',
  },
  {
    rule: 'RFC 9110 §13.2.2: If-None-Match counts before If-Modified-Since',
    answer: { etag: '"v1"', 'last-modified': LAST_MODIFIED },
    second: { 'if-none-match': '"v2"', 'if-modified-since': LAST_MODIFIED },
    then: 'HIT',
  },
];

interface AnyResponse {
  status(code: number): unknown;
}

let row: Row;

@Controller()
class Reports {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get('global') @Cacheable({ scope: 'global' }) global(@Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(response);
  }
  @Get('user') @Cacheable({ scope: 'user' }) user(@Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(response);
  }
  @Get('language')
  @Cacheable({ headers: ['accept-language'] })
  language(@Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(response);
  }

  private answer(response: AnyResponse) {
    if (row.status !== undefined) response.status(row.status);
    for (const [name, value] of Object.entries(row.answer ?? {}))
      this.host.httpAdapter.setHeader(response, name, value);
    return { report: 'rows' };
  }
}

describe.each(ADAPTERS)('the second request over %s', (adapter) => {
  beforeEach(() => {
    row = { rule: '', then: 'HIT' };
  });

  const rows = [...STORED_OR_NOT, ...REQUESTS, ...CONDITIONS];

  test('is tried in at least 40 combinations', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  test.each(rows)('$rule → $then $statusThen', async (given) => {
    row = given;
    const { url } = await startReportApp({
      adapter,
      controllers: [Reports],
      configure: (app: INestApplication) => void app.useGlobalGuards(new UserGuard()),
    });
    const target = `${url}/${given.route ?? 'global'}`;
    const first = await http(target, { headers: given.request });
    const second = await http(target, {
      method: given.method,
      headers: { ...given.request, ...given.second },
    });
    expect([second.xCache, second.status]).toEqual([given.then, given.statusThen ?? 200]);
    expect(second.headers).toMatchObject(given.headersThen ?? {});
    const hasBody = second.status === 200 && given.method !== 'HEAD';
    if (hasBody) expect(second.text).toBe(first.text);
    else if (given.then === 'HIT') expect(second.text).toBe('');
  });
});
