import { Controller, Get, type INestApplication, Inject, Post } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheConfigService,
  CacheEvict,
  InvalidArgumentError,
  UserCacheSettingsService,
  type Duration,
} from '../../src/index.js';
import { as, UserGuard } from '../http/user-guard.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

@Controller('reports')
class Reports {
  /** What the function `ttl` returns. */
  static ttl: unknown = '1h';

  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: '1h' })
  ledger(): Promise<number> {
    return this.source.query();
  }

  @Get('balance')
  @Cacheable({ type: 'balance', ttl: '1h' })
  balance(): Promise<number> {
    return this.source.query();
  }

  @Get('dated')
  @Cacheable({ type: 'dated', ttl: () => Reports.ttl as Duration })
  dated(): Promise<number> {
    return this.source.query();
  }

  @Post('postings')
  @CacheEvict()
  post(): string {
    return 'posted';
  }
}

async function start(adapter: AdapterName, path?: string) {
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: new PlayedSource() }],
    configure: (app: INestApplication) => void app.useGlobalGuards(new UserGuard()),
    cache: { database: { path } },
  });
  const get = (report_: string, options = {}) => http(`${report.url}/reports/${report_}`, options);
  const stateOf = async (report_: string, options = {}) => (await get(report_, options)).xCache;
  return { ...report, get, stateOf, config: report.app.get(CacheConfigService) };
}

describe.each(ADAPTERS)('what is set while the app runs, over %s', (adapter) => {
  test('turns the whole cache off and on with the next request', async () => {
    const { get, stateOf, config } = await start(adapter);
    await get('ledger');
    await config.set('cache.enabled', 'false');
    const past = await get('ledger');
    expect(past.xCache).toBe('BYPASS');
    expect(past.headers['cache-status']).toBe('reports-cache; fwd=bypass; detail=cache-off');
    expect(await stateOf('balance')).toBe('BYPASS');
    await config.set('cache.enabled', 'true');
    expect(await stateOf('ledger')).toBe('HIT');
  });

  test('does not keep entries of a cache that is off from being dropped', async () => {
    const { get, stateOf, config, url } = await start(adapter);
    await get('ledger');
    await config.set('cache.enabled', 'false');
    await http(`${url}/reports/postings`, { method: 'POST' });
    await config.delete('cache.enabled');
    expect(await stateOf('ledger')).toBe('MISS');
  });

  test('turns one type off and on', async () => {
    const { get, stateOf, config } = await start(adapter);
    await get('ledger');
    await get('balance');
    await config.set('cache.enabled.ledger', 'false');
    expect(await stateOf('ledger')).toBe('BYPASS');
    expect(await stateOf('balance')).toBe('HIT');
    await config.delete('cache.enabled.ledger');
    expect(await stateOf('ledger')).toBe('HIT');
  });

  test.each(['ledger', 'dated'])('sets the TTL of %s before what its code says', async (type) => {
    Reports.ttl = '1h';
    const { get, stateOf, config, clock, stored } = await start(adapter);
    await config.set(`cache.ttl.${type}`, '2s');
    await get(type);
    await stored();
    clock.advance(1_999);
    expect(await stateOf(type)).toBe('HIT');
    clock.advance(1);
    expect(await stateOf(type)).toBe('MISS');
    await config.delete(`cache.ttl.${type}`);
    clock.advance(2_000);
    await get(type);
    await stored();
    clock.advance(3_599_999);
    expect(await stateOf(type)).toBe('HIT');
  });

  test('survives a restart', async () => {
    const before = await start(adapter);
    await before.config.set('cache.enabled.ledger', 'false');
    await before.config.set('cache.ttl.balance', '2s');
    await before.app.get(UserCacheSettingsService).setEnabled('alice', false);
    await before.app.close();
    const { get, stateOf, clock } = await start(adapter, before.databasePath);
    expect(await stateOf('ledger')).toBe('BYPASS');
    await get('balance');
    expect(await stateOf('balance', as('alice'))).toBe('BYPASS');
    clock.advance(2_000);
    expect(await stateOf('balance')).toBe('MISS');
  });

  test('is refused where it means nothing, and what was set before stays', async () => {
    const { get, stateOf, config } = await start(adapter);
    await get('ledger');
    await config.set('cache.enabled.ledger', 'true');
    await expect(config.set('cache.enabled.ledger', 'no')).rejects.toThrow(InvalidArgumentError);
    await expect(config.set('cache.ttl.ledger', '-1s')).rejects.toThrow('cache.ttl.ledger');
    await expect(config.set('cache.enbled', 'false')).rejects.toThrow('cache.enbled');
    expect(await config.all()).toEqual({ 'cache.enabled.ledger': 'true' });
    expect(await stateOf('ledger')).toBe('HIT');
  });

  test('switches the cache off for one user with the next request', async () => {
    const { get, stateOf, app } = await start(adapter);
    const users = app.get(UserCacheSettingsService);
    await get('ledger', as('alice'));
    await get('ledger', as('bob'));
    await users.setEnabled('alice', false);
    const past = await get('ledger', as('alice'));
    expect(past.headers['cache-status']).toBe('reports-cache; fwd=bypass; detail=user-off');
    expect(await stateOf('ledger', as('bob'))).toBe('HIT');
    await users.setEnabled('alice', true);
    expect(await stateOf('ledger', as('alice'))).toBe('HIT');
  });
});

describe.each(ADAPTERS)('a ttl that is a function, over %s', (adapter) => {
  test('says for each request how long its answer lives', async () => {
    const { get, stateOf, clock, stored } = await start(adapter);
    Reports.ttl = 5_000;
    await get('dated?period=2026-03');
    Reports.ttl = '1y';
    await get('dated?period=2026-01');
    await stored();
    clock.advance(5_000);
    expect(await stateOf('dated?period=2026-01')).toBe('HIT');
    expect(await stateOf('dated?period=2026-03')).toBe('MISS');
  });

  test('that returns no duration lets requests past the cache, with one warning', async () => {
    const { get, logger } = await start(adapter);
    for (const ttl of [0, -5, NaN, Infinity, 'soon', '', undefined, null, {}, Promise.resolve('1h')]) {
      Reports.ttl = ttl;
      const past = await get('dated');
      expect(past).toMatchObject({ status: 200, xCache: 'BYPASS' });
      expect(past.headers['cache-status']).toBe('reports-cache; fwd=bypass; detail=ttl-type');
    }
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toContain('Reports.dated');
  });
});
