import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Injectable,
  Scope,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { interval, of, take } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable, ReportsCacheInterceptor } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';

let runs: number;

beforeEach(() => {
  runs = 0;
});

const KIB = 1024;

/** Every route twice: `cached/…` and `plain/…`, which is the same without the cache. */
function twins(makeController: (decorate: () => MethodDecorator) => new () => object) {
  const cached = makeController(() => Cacheable());
  const plain = makeController(() => () => undefined);
  Controller('cached')(cached);
  Controller('plain')(plain);
  return [cached, plain];
}

const makeBodies = (keep: () => MethodDecorator) => {
  class Bodies {
    @Get('buffer') @keep() buffer() {
      return Buffer.from([1, 2, 255, 0]);
    }
    @Get('bytes') @keep() bytes() {
      return new Uint8Array([0, 1, 2, 3]).subarray(1);
    }
    @Get('bigint') @keep() bigint() {
      return { amount: 1n };
    }
    @Get('circle') @keep() circle() {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      return circle;
    }
    @Get('escape') @keep() escape() {
      return { html: '<b>&</b>', hidden: 'h', list: [1, { a: null }] };
    }
    @Get('true') @keep() isTrue() {
      return true;
    }
    @Get('empty-text') @keep() emptyText() {
      return '';
    }
    @Get('observable') @keep() observable() {
      return of({ rows: 1 }, { rows: 2 });
    }
    @Get('later') @keep() later() {
      return interval(1).pipe(take(3));
    }
    @Get('to-json') @keep() toJson() {
      return { toJSON: () => ({ as: 'json' }) };
    }
    @Get('undefined-json') @keep() undefinedJson() {
      return { toJSON: () => undefined };
    }
    @Get('large') @keep() large() {
      return new StreamableFile(Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(KIB, 'x'))), {
        type: 'text/plain',
        disposition: 'attachment',
      });
    }
    @Get('texts') @keep() texts() {
      return new StreamableFile(Readable.from(['a;b\n', 'ä;€\n']), { type: 'text/csv' });
    }
    @Get('stream') @keep() stream() {
      return new StreamableFile(Readable.from([Buffer.from('one'), Buffer.from('two')]));
    }
  }
  return Bodies;
};

async function start(adapter: AdapterName, configure?: (app: INestApplication) => void) {
  const { url, app, logger } = await startReportApp({
    adapter,
    controllers: twins(makeBodies),
    cache: { maxEntryBytes: 20 * KIB },
    configure,
  });
  return { url, app, logger };
}

describe.each(ADAPTERS)('a body over %s', (adapter) => {
  test.each([
    ['buffer', 'HIT'],
    ['bytes', 'HIT'],
    ['escape', 'HIT'],
    ['true', 'HIT'],
    ['empty-text', 'HIT'],
    ['observable', 'HIT'],
    ['later', 'HIT'],
    ['to-json', 'HIT'],
    ['texts', 'HIT'],
    ['stream', 'HIT'],
    ['large', 'MISS'],
    ['bigint', 'MISS'],
    ['circle', 'MISS'],
    ['undefined-json', 'MISS'],
  ])('of /%s goes out as without a cache, then as a %s', async (path, then) => {
    const { url } = await start(adapter);
    const plain = await http(`${url}/plain/${path}`);
    const first = await http(`${url}/cached/${path}`);
    const second = await http(`${url}/cached/${path}`);
    expect(second.xCache).toBe(then);
    for (const answer of [first, second]) {
      expect(answer.status).toBe(plain.status);
      expect(answer.text.replace('/cached/', '/plain/')).toBe(plain.text);
      for (const name of ['content-type', 'content-disposition'])
        expect(answer.headers[name]).toBe(plain.headers[name]);
    }
  });

  test('is what a Fastify serializer or the JSON settings of Express make of it', async () => {
    const { url } = await start(adapter, (app) => {
      if (adapter === 'express') {
        const express = app as NestExpressApplication;
        express.set('json spaces', 2).set('json escape', true);
        express.set('json replacer', (key: string, value: unknown) => (key === 'hidden' ? undefined : value));
        return;
      }
      const fastify = app.getHttpAdapter().getInstance() as {
        setReplySerializer(serializer: (payload: unknown) => string): void;
      };
      fastify.setReplySerializer((payload) => JSON.stringify({ wrapped: payload }, null, 1));
    });
    const plain = await http(`${url}/plain/escape`);
    expect(plain.text).toContain('\n');
    expect((await http(`${url}/cached/escape`)).text).toBe(plain.text);
    const hit = await http(`${url}/cached/escape`);
    expect([hit.xCache, hit.text]).toEqual(['HIT', plain.text]);
  });

  test('of a file goes whole to everybody who asks at once', async () => {
    const { url } = await start(adapter);
    const texts = await Promise.all(
      Array.from({ length: 20 }, async () => (await http(`${url}/cached/stream`)).text),
    );
    expect(new Set(texts)).toEqual(new Set(['onetwo']));
    const hits = await Promise.all(Array.from({ length: 20 }, () => http(`${url}/cached/stream`)));
    expect(hits.every(({ xCache, text }) => xCache === 'HIT' && text === 'onetwo')).toBe(true);
  });

  test('of a stream that fails is answered as without a cache, and not kept', async () => {
    const makeBroken = (keep: () => MethodDecorator) => {
      class Broken {
        @Get('at-once') @keep() atOnce() {
          return new StreamableFile(failAfter(0));
        }
        @Get('halfway') @keep() halfway() {
          return new StreamableFile(failAfter(2));
        }
        @Get('handled') @keep() handled() {
          return new StreamableFile(failAfter(0)).setErrorHandler((_error, response) => {
            response.statusCode = 502;
            response.send('handled');
          });
        }
      }
      return Broken;
    };
    const { url } = await startReportApp({ adapter, controllers: twins(makeBroken) });
    const outcomeOf = (path: string) =>
      http(`${url}/${path}`).then(
        ({ status }) => status,
        () => 'cut off',
      );
    for (const path of ['at-once', 'halfway', 'handled']) {
      const plain = await outcomeOf(`plain/${path}`);
      expect([path, await outcomeOf(`cached/${path}`)]).toEqual([path, plain]);
      expect([path, await outcomeOf(`cached/${path}`)]).toEqual([path, plain]);
      expect(plain).not.toBe(200);
    }
  });
});

function failAfter(chunks: number): Readable {
  return Readable.from(
    (async function* () {
      for (let chunk = 0; chunk < chunks; chunk++) yield Buffer.alloc(KIB, 'x');
      throw new Error('the file is gone');
    })(),
    { objectMode: false },
  );
}

describe.each(ADAPTERS)('a route over %s', (adapter) => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    readonly id = ++runs;
  }

  const storage = new AsyncLocalStorage<string>();

  class SourceError extends Error {}

  @Catch(SourceError)
  class SourceFilter implements ExceptionFilter {
    constructor(private readonly host: HttpAdapterHost) {}
    catch(error: SourceError, context: ArgumentsHost) {
      this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { original: error.message }, 502);
    }
  }

  @Controller('r')
  class Routes {
    constructor(private readonly perRequest: PerRequest) {}

    @Get('scoped') @Cacheable() scoped() {
      return { id: this.perRequest.id };
    }
    @Get('context') @Cacheable({ params: [] }) context() {
      return { context: storage.getStore() ?? null };
    }
    @Get('fails') @Cacheable() fails() {
      throw new SourceError('ORA-00942');
    }
    @Get('twice') @UseInterceptors(ReportsCacheInterceptor) @Cacheable() twice() {
      return { run: ++runs };
    }
  }

  const start = async () => {
    const { url } = await startReportApp({
      adapter,
      controllers: [Routes],
      providers: [PerRequest],
      configure: (app) => {
        app.use((_request: unknown, _response: unknown, next: () => void) => storage.run('mine', next));
        app.useGlobalFilters(new SourceFilter(app.get(HttpAdapterHost)));
      },
    });
    return `${url}/r`;
  };

  test('of a request-scoped controller is cached', async () => {
    const url = await start();
    await http(`${url}/scoped`);
    const hit = await http(`${url}/scoped`);
    expect([hit.xCache, hit.text]).toEqual(['HIT', '{"id":1}']);
  });

  test('keeps the asynchronous context of its request', async () => {
    expect((await http(`${await start()}/context`)).text).toBe('{"context":"mine"}');
  });

  test('hands the error of its source to the filters as it was thrown', async () => {
    const failed = await http(`${await start()}/fails`);
    expect([failed.status, failed.text]).toEqual([502, '{"original":"ORA-00942"}']);
  });

  test('may bind the interceptor once more', async () => {
    const url = await start();
    const first = await http(`${url}/twice`);
    const second = await http(`${url}/twice`);
    expect([first.xCache, second.xCache]).toEqual(['MISS', 'HIT']);
    expect(second.text).toBe(first.text);
  });
});
