import { Controller, Get, type INestApplication, Req } from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheEntryRepository,
  type ReportsCacheOptions,
  UserCacheSettingsService,
} from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { as, UserGuard } from './user-guard.js';

interface ReportRequest {
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  user?: { username?: string };
}

let runs: number;

const answer = (request: ReportRequest) => ({ run: ++runs, for: request.user?.username ?? null });

@Controller('reports')
class Reports {
  @Get('default') @Cacheable() byDefault(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('user') @Cacheable({ scope: 'user' }) user(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('company') @Cacheable({ scope: 'company' }) company(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('global') @Cacheable({ scope: 'global' }) global(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('rights')
  @Cacheable({ scope: ({ headers }: ReportRequest) => headers['x-rights'] })
  rights(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('declared') @Cacheable({ params: ['period'] }) declared(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('throws')
  @Cacheable({
    condition: () => {
      throw new Error('condition broke');
    },
  })
  throws(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('async-condition')
  @Cacheable({ condition: (() => Promise.resolve(false)) as never })
  asyncCondition(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('condition')
  @Cacheable({ condition: ({ query }: ReportRequest) => query['live'] === undefined })
  condition(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('unless')
  @Cacheable({ unless: (result: { run: number }) => result.run < 2 })
  unless(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('unless-throws')
  @Cacheable({ unless: (result: { rows: unknown[] }) => result.rows.length === 0 })
  unlessThrows(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('async-unless')
  @Cacheable({ unless: (() => Promise.resolve(true)) as never })
  asyncUnless(@Req() request: ReportRequest) {
    return answer(request);
  }
  @Get('bad-tags') @Cacheable({ tags: () => 'march' as never }) badTags(@Req() request: ReportRequest) {
    return answer(request);
  }
}

beforeEach(() => {
  runs = 0;
});

async function start(adapter: AdapterName, cache: ReportsCacheOptions = {}) {
  const configure = (app: INestApplication): void => void app.useGlobalGuards(new UserGuard());
  const { app, url, logger, rows } = await startReportApp({
    adapter,
    controllers: [Reports],
    cache,
    configure,
  });
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const { status, xCache, text } = await http(`${url}/reports/${path}`, { headers });
    if (status !== 200) return String(status);
    const { run, for: name } = JSON.parse(text) as { run: number; for: string | null };
    return `${xCache} ${run} ${name}`;
  };
  return { app, ask, logger, rows };
}

const alice = as('alice').headers;
const bob = as('bob').headers;

describe.each(ADAPTERS)('the scope over %s', (adapter) => {
  test.each(['default', 'user'])(
    "is one user's when it is %s and the request is authenticated",
    async (path) => {
      const { ask } = await start(adapter);
      expect(await ask(path, alice)).toBe('MISS 1 alice');
      expect(await ask(path, bob)).toBe('MISS 2 bob');
      expect(await ask(path, alice)).toBe('HIT 1 alice');
      expect(await ask(path, bob)).toBe('HIT 2 bob');
    },
  );

  test("never lets an anonymous request see a user's report, nor a user the anonymous one", async () => {
    const { ask } = await start(adapter);
    expect(await ask('default', alice)).toBe('MISS 1 alice');
    expect(await ask('default')).toBe('MISS 2 null');
    expect(await ask('default', bob)).toBe('MISS 3 bob');
  });

  test('shares a company among its users, and runs the guard on hits', async () => {
    const { ask } = await start(adapter);
    expect(await ask('company?companyId=1', alice)).toBe('MISS 1 alice');
    expect(await ask('company?companyId=1', bob)).toBe('HIT 1 alice');
    expect(await ask('company?companyId=2', alice)).toBe('MISS 2 alice');
    expect(await ask('company?companyId=2', alice)).toBe('HIT 2 alice');
    expect(await ask('company?companyId=2', bob)).toBe('403');
  });

  test('shares a global report with everybody', async () => {
    const { ask } = await start(adapter);
    expect(await ask('global', alice)).toBe('MISS 1 alice');
    expect(await ask('global', bob)).toBe('HIT 1 alice');
    expect(await ask('global', { authorization: 'Bearer x' })).toBe('HIT 1 alice');
  });

  test('shares among those of one fingerprint of rights', async () => {
    const { ask } = await start(adapter);
    expect(await ask('rights', { ...alice, 'x-rights': 'ledger' })).toBe('MISS 1 alice');
    expect(await ask('rights', { ...bob, 'x-rights': 'ledger' })).toBe('HIT 1 alice');
    expect(await ask('rights', { ...bob, 'x-rights': 'sales' })).toBe('MISS 2 bob');
    expect(await ask('rights', bob)).toBe('BYPASS 3 bob');
  });

  test.each([
    ['authorization', 'default'],
    ['cookie', 'default'],
    ['x-api-key', 'default'],
    ['x-auth-token', 'default'],
    ['x-forwarded-user', 'default'],
    ['proxy-authorization', 'default'],
    ['authorization', 'user'],
    ['authorization', 'company?companyId=1'],
  ])('bypasses for a %s that names nobody, with one warning (%s)', async (header, path) => {
    const { ask, logger } = await start(adapter);
    for (let run = 1; run <= 3; run++) expect(await ask(path, { [header]: 'x' })).toBe(`BYPASS ${run} null`);
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toMatch(/^Reports\.(byDefault|user|company) /);
  });

  test('keeps no token of a parameter readable in the file, and one entry for each', async () => {
    const { app, ask, rows } = await start(adapter);
    expect(await ask('user?access_token=SECRET1', alice)).toBe('MISS 1 alice');
    expect(await ask('user?access_token=SECRET2', alice)).toBe('MISS 2 alice');
    expect(await ask('user?access_token=SECRET1', alice)).toBe('HIT 1 alice');
    const entries = app.get(CacheEntryRepository, { strict: false });
    await expect.poll(async () => (await entries.counts(0)).totalEntries).toBe(2);
    const keys = await rows('SELECT cache_key FROM cache_entries');
    expect(keys).toHaveLength(2);
    expect(JSON.stringify(keys)).not.toContain('SECRET');
  });

  test('bypasses for a token among undeclared parameters', async () => {
    const { ask } = await start(adapter);
    expect(await ask('declared?period=1&access_token=a')).toBe('BYPASS 1 null');
    expect(await ask('declared?period=1')).toBe('MISS 2 null');
  });

  test('is taken from identify', async () => {
    const identify = (request: ReportRequest) => ({ username: request.headers['x-who'] });
    const { ask } = await start(adapter, { identify: identify });
    expect(await ask('default', { 'x-who': 'carol', authorization: 'x' })).toBe('MISS 1 null');
    expect(await ask('default', { 'x-who': 'carol' })).toBe('HIT 1 null');
    expect(await ask('default', { 'x-who': 'dave' })).toBe('MISS 2 null');
    expect(await ask('default', { authorization: 'x' })).toBe('BYPASS 3 null');
  });

  test.each<[string, () => unknown]>([
    ['returns a promise', () => Promise.resolve({ username: 'carol' })],
    [
      'throws',
      () => {
        throw new Error('no identity provider');
      },
    ],
  ])('bypasses with one warning when identify %s', async (_name, identify) => {
    const { ask, logger } = await start(adapter, { identify: identify as never });
    expect(await ask('default')).toBe('BYPASS 1 null');
    expect(await ask('default')).toBe('BYPASS 2 null');
    expect(logger.warnings.filter((warning) => warning.startsWith('Reports.byDefault'))).toHaveLength(1);
  });

  test("honours a user's switch from the next request on", async () => {
    const { app, ask } = await start(adapter);
    await ask('default', alice);
    await app.get(UserCacheSettingsService).setEnabled('alice', false);
    expect(await ask('default', alice)).toBe('BYPASS 2 alice');
    await app.get(UserCacheSettingsService).setEnabled('alice', true);
    expect(await ask('default', alice)).toBe('HIT 1 alice');
  });
});

describe.each(ADAPTERS)('what cannot be decided over %s', (adapter) => {
  test.each([
    ['a company that is a list', 'default?companyId=1&companyId=2', 'Reports.byDefault'],
    ['a company without a text', 'default?companyId=', 'Reports.byDefault'],
    ['a company spelt 01', 'default?companyId=01', 'Reports.byDefault'],
    ['a company spelt 1.0', 'default?companyId=1.0', 'Reports.byDefault'],
    ['a company spelt +1', 'default?companyId=%2B1', 'Reports.byDefault'],
    ['a company with a blank', 'default?companyId=%201', 'Reports.byDefault'],
    ['no company in the scope of one', 'company', 'Reports.company'],
    ['tags that are no list', 'bad-tags', 'Reports.badTags'],
    ['a condition that throws', 'throws', 'Reports.throws'],
    ['a condition that returns a promise', 'async-condition', 'Reports.asyncCondition'],
  ])('bypasses with one warning that names the route: %s', async (_name, path, route) => {
    const { ask, logger } = await start(adapter);
    expect(await ask(path)).toBe('BYPASS 1 null');
    expect(await ask(path)).toBe('BYPASS 2 null');
    expect(logger.warnings.filter((warning) => warning.startsWith(`${route} `))).toHaveLength(1);
  });

  test('a condition sends single requests past the cache, without a warning', async () => {
    const { ask, logger } = await start(adapter);
    expect(await ask('condition')).toBe('MISS 1 null');
    expect(await ask('condition?live=1')).toBe('BYPASS 2 null');
    expect(await ask('condition')).toBe('HIT 1 null');
    expect(logger.warnings).toEqual([]);
  });

  test('unless keeps single answers out', async () => {
    const { ask } = await start(adapter);
    expect(await ask('unless')).toBe('MISS 1 null');
    expect(await ask('unless')).toBe('MISS 2 null');
    expect(await ask('unless')).toBe('HIT 2 null');
  });

  test.each(['unless-throws', 'async-unless'])('%s answers and stores nothing', async (path) => {
    const { ask, logger } = await start(adapter);
    expect(await ask(path)).toBe('MISS 1 null');
    expect(await ask(path)).toBe('MISS 2 null');
    expect(logger.warnings).toHaveLength(1);
  });

  test.each(['7', '-7', '0', 'ACME', '3f2a-11', '9007199254740993'])(
    'the company %s is cached as it is written',
    async (company) => {
      const { ask } = await start(adapter);
      expect(await ask(`default?companyId=${company}`)).toBe('MISS 1 null');
      expect(await ask(`default?companyId=${company}`)).toBe('HIT 1 null');
    },
  );
});
