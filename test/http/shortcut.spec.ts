import { Controller, Get, Param, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Response as ExpressResponse } from 'express';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Cacheable, ReportsCacheInterceptor } from '../../src/index.js';
import { openShortcut } from '../../src/http/interceptor-shortcut.js';
import { http, type HttpAnswer } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';

// Read before any app of this file starts, which puts the shortcut around it.
const methods: { intercept: (this: void, ...args: never[]) => unknown } = InterceptorsConsumer.prototype;
const chain = methods.intercept;

class WithTicket implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: object }>().headers['x-ticket' as never] === 'yes';
  }
}

@Controller('reports')
class Reports {
  @Get('guarded')
  @UseGuards(WithTicket)
  @Cacheable({ scope: 'global' })
  guarded() {
    return { balance: 'ä'.repeat(20) };
  }

  @Get('asked')
  @Cacheable({ condition: () => ++conditionsAsked > 0 })
  asked() {
    return 'asked';
  }

  @Get('lines/:count')
  @Cacheable()
  lines(@Param('count') count: string) {
    return Array.from({ length: Number(count) }, (_, index) => `line ${index}, geprüft`);
  }
}

afterEach(() => {
  vi.restoreAllMocks();
  methods.intercept = chain;
});

const withTicket = { headers: { 'x-ticket': 'yes' } };

let conditionsAsked = 0;

class CountingInterceptor extends ReportsCacheInterceptor {
  static calls = 0;

  override intercept(...given: Parameters<ReportsCacheInterceptor['intercept']>) {
    CountingInterceptor.calls += 1;
    return super.intercept(...given);
  }
}

describe.each(ADAPTERS)('a hit in memory over %s', (adapter) => {
  const start = () => startReportApp({ adapter, controllers: [Reports] });

  test('is found by asking the functions of its route once, as a miss is', async () => {
    const { url } = await start();
    conditionsAsked = 0;
    expect((await http(`${url}/reports/asked`)).xCache).toBe('MISS');
    expect(conditionsAsked).toBe(1);
    expect((await http(`${url}/reports/asked`)).xCache).toBe('HIT');
    expect(conditionsAsked).toBe(2);
  });

  test('passes the interceptor chain by, which a miss goes through', async () => {
    const { url } = await start();
    const chains = vi.spyOn(InterceptorsConsumer.prototype, 'createContext');
    expect((await http(`${url}/reports/lines/3`)).xCache).toBe('MISS');
    expect(chains).toHaveBeenCalledTimes(1);
    expect((await http(`${url}/reports/lines/3`)).xCache).toBe('HIT');
    expect(chains).toHaveBeenCalledTimes(1);
  });

  test('has passed the guards', async () => {
    const { url } = await start();
    await http(`${url}/reports/guarded`, withTicket);
    expect((await http(`${url}/reports/guarded`, withTicket)).xCache).toBe('HIT');
    expect((await http(`${url}/reports/guarded`)).status).toBe(403);
  });

  // Around 8 KiB a body changes from a text to bytes; around 64 KiB it no longer fits into one piece.
  test.each([0, 3, 350, 450, 5_000])('of %i lines is the answer that the chain gives', async (lines) => {
    const { url } = await start();
    const ask = (method: string) => http(`${url}/reports/lines/${lines}`, { method });
    const miss = await ask('GET');
    const hits = [await ask('GET'), await ask('HEAD')];
    methods.intercept = chain;
    const byChain = [await ask('GET'), await ask('HEAD')];
    expect(hits.map(comparable)).toEqual(byChain.map(comparable));
    expect(hits[0]).toMatchObject({ xCache: 'HIT', body: miss.body });
    expect(hits[0]!.headers['content-length']).toBe(String(miss.body.length));
  });
});

test('a subclass in the place of the interceptor sees every hit', async () => {
  const { url } = await startReportApp({
    controllers: [Reports],
    configureTesting: (testing) =>
      testing.overrideProvider(ReportsCacheInterceptor).useClass(CountingInterceptor),
  });
  CountingInterceptor.calls = 0;
  for (const xCache of ['MISS', 'HIT', 'HIT'])
    expect((await http(`${url}/reports/lines/3`)).xCache).toBe(xCache);
  expect(CountingInterceptor.calls).toBe(3);
});

test('a reply with a serializer of its own applies it once, to a hit as to a miss', async () => {
  const { url } = await startReportApp({
    adapter: 'fastify',
    controllers: [Reports],
    configure: (app) =>
      void (app as NestFastifyApplication)
        .getHttpAdapter()
        .getInstance()
        .addHook('onRequest', (_request, reply, done) => {
          reply.serializer((data: unknown) => JSON.stringify({ data }));
          done();
        }),
  });
  for (const xCache of ['MISS', 'HIT']) {
    const { text, ...answer } = await http(`${url}/reports/lines/1`);
    expect([answer.xCache, text]).toEqual([xCache, '{"data":["line 0, geprüft"]}']);
  }
});

test("a send() that an app has put before Express's own is called for a small hit", async () => {
  const { url } = await startReportApp({
    adapter: 'express',
    controllers: [Reports],
    configure: (app) => {
      const { response } = app.getHttpAdapter().getInstance() as { response: ExpressResponse };
      const original = Object.getPrototypeOf(response) as ExpressResponse;
      response.send = function (this: ExpressResponse, body?: unknown) {
        this.setHeader('x-seen', 'yes');
        return original.send.call(this, body);
      } as typeof response.send;
    },
  });
  for (const xCache of ['MISS', 'HIT']) {
    const { headers } = await http(`${url}/reports/lines/3`);
    expect([headers['x-cache'], headers['x-seen']]).toEqual([xCache, 'yes']);
  }
});

test('the chain is left alone where Nest has another one than this was written for', async () => {
  const other = () => Promise.resolve();
  methods.intercept = other;
  expect(await openShortcut()).toBe(false);
  expect(methods.intercept).toBe(other);
});

test('the chain is wrapped once, however many apps start', async () => {
  expect(await openShortcut()).toBe(true);
  const wrapped = methods.intercept;
  expect(await openShortcut()).toBe(true);
  expect(methods.intercept).toBe(wrapped);
});

function comparable({ status, headers, text }: HttpAnswer) {
  return { status, headers: { ...headers, date: undefined }, text };
}
