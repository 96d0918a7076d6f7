import {
  Body,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Headers,
  Injectable,
  type NestInterceptor,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { CacheEvict, Cacheable } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';

let books = 0;
let refused = false;

class Refused extends Error {
  readonly statusCode = 403;
}

@Injectable()
class NamesTheUser implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    request.user = { username: request.headers['desk'] };
    return next.handle();
  }
}

@Controller()
class Books {
  @Get('books')
  @Cacheable({ scope: 'global' })
  read(@Query('companyId') companyId: string): unknown {
    return { companyId, books };
  }

  @Post('books')
  @CacheEvict({ company: (request: { body: { companyId: string } }) => request.body.companyId })
  post(@Body() { companyId }: { companyId: string }): unknown {
    books += 1;
    return { companyId };
  }

  @Get('desk')
  @Cacheable({ ttl: '1h' })
  @UseInterceptors(NamesTheUser)
  desk(@Headers() headers: Record<string, string>): unknown {
    return { desk: headers['desk'] };
  }

  @Get('graced')
  @Cacheable({ ttl: '1m', grace: '1h' })
  graced(): unknown {
    if (refused) throw new Refused('not for you');
    return { ok: true };
  }

  @Get('proxied')
  @Cacheable()
  proxied(@Headers() headers: unknown): unknown {
    return headers;
  }
}

describe.each(ADAPTERS)('at the edges, over %s', (adapter) => {
  test.each(['01', ' 1', '1.0'])(
    'an eviction of the company %o drops the company 1 as well',
    async (spelt) => {
      const { url } = await startReportApp({ adapter, controllers: [Books] });
      await http(`${url}/books?companyId=1`);
      await http(`${url}/books`, { method: 'POST', body: { companyId: spelt } });
      expect((await http(`${url}/books?companyId=1`)).xCache).toBe('MISS');
    },
  );

  test('what an interceptor names its user for is not kept', async () => {
    const { url } = await startReportApp({ adapter, controllers: [Books] });
    await http(`${url}/desk`, { headers: { desk: 'A' } });
    expect((await http(`${url}/desk`, { headers: { desk: 'B' } })).text).toBe('{"desk":"B"}');
  });

  test('an error with a status of 4xx is an answer of the source, whatever its class', async () => {
    refused = false;
    const { url, clock } = await startReportApp({ adapter, controllers: [Books] });
    await http(`${url}/graced`);
    clock.advance(60_000);
    refused = true;
    expect((await http(`${url}/graced`)).xCache).not.toBe('STALE');
  });

  test.each(['Remote-User', 'X-Forwarded-Email', 'X-SSL-Client-S-DN', 'X-Forwarded-Client-Cert'])(
    'who is named by %s alone is not taken for nobody',
    async (name) => {
      const { url } = await startReportApp({ adapter, controllers: [Books] });
      expect((await http(`${url}/proxied`, { headers: { [name]: 'alice' } })).xCache).toBe('BYPASS');
    },
  );
});
