import { connect } from 'node:net';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';

let runs: number;

beforeEach(() => {
  runs = 0;
});

@Controller('reports')
class Reports {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get('header')
  @Cacheable()
  header(@Query('name') name: string, @Res({ passthrough: true }) response: unknown) {
    runs++;
    this.host.httpAdapter.setHeader(response, 'X-Name', name);
    return { run: runs };
  }

  @Get('range')
  @Cacheable()
  range(
    @Req() { headers }: { headers: Record<string, string | undefined> },
    @Res({ passthrough: true }) response: { status(code: number): unknown },
  ) {
    runs++;
    if (headers['range'] === undefined) return 'whole';
    response.status(206);
    this.host.httpAdapter.setHeader(response, 'Content-Range', 'bytes 0-1/5');
    return 'wh';
  }

  @Get('plain') @Cacheable() plain() {
    return { run: ++runs };
  }
}

describe.each(ADAPTERS)('a hostile client over %s', (adapter) => {
  const start = async () => `${(await startReportApp({ adapter, controllers: [Reports] })).url}/reports`;

  test('cannot store a header that splits the answer of others', async () => {
    const url = await start();
    const attack = `header?name=${encodeURIComponent('x\r\nSet-Cookie: evil=1')}`;
    for (let call = 0; call < 2; call++) {
      const answer = await http(`${url}/${attack}`);
      expect(answer.status).toBe(500);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect((await http(`${url}/header?name=fine`)).headers['x-name']).toBe('fine');
  });

  test('cannot store a part as the whole', async () => {
    const url = await start();
    const part = await http(`${url}/range`, { headers: { range: 'bytes=0-1' } });
    expect([part.status, part.text]).toEqual([206, 'wh']);
    const whole = await http(`${url}/range`);
    expect([whole.xCache, whole.text, whole.headers['content-range']]).toEqual(['MISS', 'whole', undefined]);
    const ignored = await http(`${url}/range`, { headers: { range: 'bytes=0-1' } });
    expect([ignored.xCache, ignored.status, ignored.text]).toEqual(['HIT', 200, 'whole']);
  });

  test.each([
    'x-forwarded-host: evil.example',
    'x-forwarded-proto: ftp',
    'x-forwarded-for: 10.0.0.1',
    'x-forwarded-prefix: /evil',
    'x-original-url: /admin',
    'x-rewrite-url: /admin',
    'x-http-method-override: POST',
    'forwarded: host=evil.example',
  ])('neither splits nor changes an entry by %s', async (line) => {
    const url = await start();
    const [name = '', value = ''] = line.split(': ');
    expect((await http(`${url}/plain`, { headers: { [name]: value } })).xCache).toBe('MISS');
    const clean = await http(`${url}/plain`);
    expect([clean.xCache, clean.text]).toEqual(['HIT', '{"run":1}']);
  });

  test('gets an answer for whatever it sends as If-None-Match', async () => {
    const url = await start();
    await http(`${url}/plain`);
    for (const tag of ['"', 'W/', '"'.repeat(5_000), `${'W/"a",'.repeat(1_000)}"b`, ',,,', '\u00ff'])
      expect((await http(`${url}/plain`, { headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  test('is answered without a Host as HTTP/1.0 allows', async () => {
    const { port } = new URL(await start());
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /reports/plain HTTP/1.0\r\n\r\n'),
      );
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/ 200 OK[^]*x-cache: MISS/i);
  });
});
