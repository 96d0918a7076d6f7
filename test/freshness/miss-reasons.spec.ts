import { Controller, Get, type INestApplication, Inject } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheService,
  type ReportsCacheOptions,
  UserCacheSettingsService,
  WatermarkService,
} from '../../src/index.js';
import { Cleanup } from '../../src/maintenance/cleanup.js';
import { Database } from '../../src/storage/database.js';
import { as, UserGuard } from '../http/user-guard.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { DAMAGE_PAYLOADS } from '../support/test-store.js';
import { PlayedSource } from './played-source.js';

const TTL = 60_000;

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: TTL, tags: ['march'], condition: isNotLive })
  ledger(): Promise<number> {
    return this.source.query();
  }
}

function isNotLive({ query }: { query: { live?: string } }): boolean {
  return query.live === undefined;
}

async function start(adapter: AdapterName, cache: ReportsCacheOptions = {}) {
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: new PlayedSource() }],
    configure: (app: INestApplication) => void app.useGlobalGuards(new UserGuard()),
    cache,
  });
  const database = report.app.get(Database, { strict: false });
  const get = (query = '', options = {}) => http(`${report.url}/reports/ledger?companyId=7${query}`, options);
  const fill = async () => {
    await get();
    await database.write(() => Promise.resolve());
  };
  const status = async (query = '', options = {}) => (await get(query, options)).headers['cache-status'];
  return { ...report, database, fill, status, cache: report.app.get(CacheService) };
}

const missed = (reason: string): string => `reports-cache; fwd=uri-miss; stored; detail=${reason}`;

describe.each(ADAPTERS)('Cache-Status over %s', (adapter) => {
  test('says cold of what was never stored', async () => {
    const { status } = await start(adapter);
    expect(await status()).toBe(missed('cold'));
    expect(await status()).toBe(`reports-cache; hit; ttl=${TTL / 1_000}`);
  });

  test.each([
    ['memory', undefined],
    ['the file', false as const],
  ])('says ttl of what expired in %s, and goes on to say so after the cleanup', async (_where, memory) => {
    const { status, fill, clock, app } = await start(adapter, { memory });
    await fill();
    clock.advance(TTL);
    expect(await status()).toBe('reports-cache; fwd=stale; stored; detail=ttl');
    await fill();
    clock.advance(TTL);
    await app.get(Cleanup, { strict: false }).run();
    expect(await status()).toBe('reports-cache; fwd=stale; stored; detail=ttl');
  });

  test.each([
    ['memory', undefined],
    ['the file', false as const],
  ])('says invalidated of what was dropped from %s, once', async (_where, memory) => {
    const { status, fill, cache, clock } = await start(adapter, { memory });
    for (const drop of [
      () => cache.clear(),
      () => cache.clearByCompany(7),
      () => cache.clearByType('ledger'),
      () => cache.clearByTag('march'),
    ]) {
      await fill();
      await drop();
      expect(await status()).toBe(missed('invalidated'));
    }
    await fill();
    clock.advance(TTL);
    expect(await status()).toContain('detail=ttl');
  });

  test.each([
    ['memory', undefined],
    ['the file', false as const],
  ])('says watermark of what was dropped from %s because the books changed', async (_where, memory) => {
    const { status, fill, app, clock } = await start(adapter, { memory });
    const watermarks = app.get(WatermarkService);
    await watermarks.set(7, 'ACME', 1);
    await fill();
    clock.advance(1);
    await watermarks.set(7, 'ACME', 2);
    expect(await status()).toBe(missed('watermark'));
  });

  test('says evicted of what had no room', async () => {
    const { status, fill, app } = await start(adapter, { memory: false, maxBytes: 1 });
    await fill();
    await app.get(Cleanup, { strict: false }).run();
    expect(await status()).toBe(missed('evicted'));
  });

  test('says damaged of what cannot be trusted', async () => {
    const { status, fill, database } = await start(adapter, { memory: false });
    await fill();
    await database.write((_manager, sql) => sql.run(DAMAGE_PAYLOADS));
    expect(await status()).toBe(missed('damaged'));
  });

  test('says why a request goes past the cache', async () => {
    const { status, fill, app } = await start(adapter);
    await fill();
    expect(await status('&live')).toBe('reports-cache; fwd=bypass; detail=condition');
    await app.get(UserCacheSettingsService).setEnabled('alice', false);
    expect(await status('', as('alice'))).toBe('reports-cache; fwd=bypass; detail=user-off');
    const unknown = { headers: { authorization: 'Bearer x' } };
    expect(await status('', unknown)).toBe('reports-cache; fwd=bypass; detail=no-identity');
  });
});
