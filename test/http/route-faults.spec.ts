import { All, Controller, Get, Head, Next, Post, Redirect, Render, Res, Sse, Version } from '@nestjs/common';
import { EMPTY } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Cacheable, CacheEvict, type CacheableOptions, InvalidRouteError, NoCache } from '../../src/index.js';
import { startReportApp } from '../support/report-app.js';

type ControllerClass = new () => object;

async function faultsOf(...controllers: ControllerClass[]): Promise<readonly string[]> {
  const error: unknown = await startReportApp({ controllers }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(InvalidRouteError);
  return (error as InvalidRouteError).faults;
}

function withOptions(options: unknown): ControllerClass {
  @Controller('r')
  class Reports {
    @Get()
    @Cacheable(options as CacheableOptions)
    report() {
      return 1;
    }
  }
  return Reports;
}

describe('a route that cannot be cached as declared', () => {
  @Controller('wrong')
  class Wrong {
    @Get('res') @Cacheable() res(@Res() response: unknown) {
      return response;
    }
    @Get('next') @Cacheable() next(@Next() next: unknown) {
      return next;
    }
    @Sse('sse') @Cacheable() sse() {
      return EMPTY;
    }
    @Get('render') @Render('page') @Cacheable() render() {}
    @Get('redirect') @Redirect('/elsewhere') @Cacheable() redirect() {}
    @Post('post') @Cacheable() post() {}
    @Head('head') @Cacheable() head() {}
    @Get('both') @Cacheable() @CacheEvict() both() {}
    @Post('evict-res') @CacheEvict() evictRes(@Res() response: unknown) {
      return response;
    }
    @Get('fine') @Cacheable() fine() {}
  }

  @Controller('other')
  class Other {
    @Get('ttl') @Cacheable({ ttl: 0, grace: -1, type: '' }) ttl() {}
  }

  test('is refused when the app starts, with all faults of all routes at once', async () => {
    const faults = await faultsOf(Wrong, Other);
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
      'Wrong.res',
      'Wrong.next',
      'Wrong.sse',
      'Wrong.render',
      'Wrong.redirect',
      'Wrong.post',
      'Wrong.head',
      'Wrong.both',
      'Wrong.evictRes',
      'Other.ttl',
      'Other.ttl',
      'Other.ttl',
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a TTL of 0', { ttl: 0 }, 'ttl'],
    ['a negative TTL', { ttl: -5 }, 'ttl'],
    ['a TTL of NaN', { ttl: NaN }, 'NaN'],
    ['an infinite TTL', { ttl: Infinity }, 'ttl'],
    ['an unreadable TTL', { ttl: 'soon' }, '"soon"'],
    ['a TTL that is no duration', { ttl: {} }, 'ttl'],
    ['a TTL that JSON cannot show', { ttl: 5n }, 'bigint'],
    ['options that are null', null, 'must be an object'],
    ['a grace of 0', { grace: 0 }, 'grace'],
    ['an unreadable grace', { grace: 'a while' }, 'grace'],
    ['an empty type', { type: '' }, 'type'],
    ['a blank type', { type: '  ' }, 'type'],
    ['a type of 201 characters', { type: 'x'.repeat(201) }, 'type'],
    ['a type that is no text', { type: 7 }, 'type'],
    ['a company that is no function', { company: 7 }, 'company'],
    ['an unknown scope', { scope: 'tenant' }, 'scope'],
    ['params that are no list', { params: 'period' }, 'params'],
    ['params that are no texts', { params: [7] }, 'params'],
    ['headers that are no list', { headers: 'accept' }, 'headers'],
    ['a header that is no name', { headers: ['accept\r\nx: y'] }, 'headers'],
    ['the header *', { headers: ['*'] }, 'headers'],
    ['tags that are no texts', { tags: [''] }, 'tags'],
    ['tags that are no list', { tags: 'march' }, 'tags'],
    ['a condition that is no function', { condition: true }, 'condition'],
    ['an unless that is no function', { unless: false }, 'unless'],
    ['an unknown option', { tll: '5m' }, 'tll is not an option'],
  ])('names its route for %s', async (_name, options, part) => {
    const faults = await faultsOf(withOptions(options));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^Reports\.report: /);
    expect(faults[0]).toContain(part);
  });

  test.each<[string, CacheableOptions]>([
    ['years', { ttl: '30y', grace: '100y' }],
    ['a fraction of a millisecond', { ttl: 0.5 }],
    ['no option', {}],
  ])('does not include a TTL of %s', async (_name, options) => {
    expect(await faultsOf(withOptions(options))).toEqual([]);
  });

  test('does not include what a controller-wide @Cacheable() does not cover', async () => {
    @Controller('mixed')
    @Cacheable()
    class Mixed {
      @Get() report() {}
      @Post() book(@Res() response: unknown) {
        return response;
      }
      @Get('own') @NoCache() own(@Res() response: unknown) {
        return response;
      }
      @All('any') any() {}
      @Version('2') @Get('v2') second() {}
    }
    expect(await faultsOf(Mixed)).toEqual([]);
  });
});
