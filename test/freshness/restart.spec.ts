import { Controller, Get, Inject } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import { Cacheable, CacheService, WatermarkService } from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { settle, until } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName, type ReportApp } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: '1d', grace: '1d', tags: ['march'] })
  ledger(): Promise<number> {
    return this.source.query();
  }

  @Get('rates')
  @Cacheable({ type: 'rates', ttl: '1d', grace: '1d' })
  rates(): Promise<number> {
    return this.source.query();
  }
}

async function start(adapter: AdapterName, path?: string) {
  const source = new PlayedSource();
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: source }],
    cache: {
      database: { path },
      refresh: { allow: ({ headers }: { headers: object }) => 'x-refresh' in headers, minAge: 1 },
    },
  });
  const get = (path_ = 'ledger?companyId=7', headers = {}) =>
    http(`${report.url}/reports/${path_}`, { headers });
  return { ...report, source, get };
}

async function restart(adapter: AdapterName, { app, databasePath }: ReportApp) {
  await app.close();
  return start(adapter, databasePath);
}

const INVALIDATIONS: [string, (report: ReportApp) => Promise<unknown>][] = [
  ['clear', ({ app }) => app.get(CacheService).clear()],
  ['clearByCompany', ({ app }) => app.get(CacheService).clearByCompany(7)],
  ['clearByType', ({ app }) => app.get(CacheService).clearByType('ledger')],
  ['clearByTag', ({ app }) => app.get(CacheService).clearByTag('march')],
  ['a watermark', ({ app }) => app.get(WatermarkService).set(7, 'ACME', 1)],
];

describe.each(ADAPTERS)('after a restart over %s', (adapter) => {
  test('an answer is still there', async () => {
    const before = await start(adapter);
    const first = await before.get();
    const { get } = await restart(adapter, before);
    expect(await get()).toMatchObject({ xCache: 'HIT', text: first.text });
  });

  test('an answer that a forced refresh replaced is not, nor a fill that it overtook', async () => {
    const before = await start(adapter);
    await before.get();
    before.clock.advance(1);
    await before.app.get(CacheService).clear();
    const gate = before.source.holdNext();
    const early = before.get();
    await until(() => before.source.runs === 2);
    const refreshed = await before.get(undefined, { 'x-refresh': '1', 'cache-control': 'no-cache' });
    expect(refreshed.text).toBe('3');
    gate.open();
    await early;
    await settle();
    const { get } = await restart(adapter, before);
    expect(await get()).toMatchObject({ xCache: 'HIT', text: '3' });
  });

  test('an invalidation that the file could not take while it was out is carried out', async () => {
    const before = await start(adapter);
    await before.get();
    const database = before.app.get(Database, { strict: false });
    await database.write(() => Promise.resolve());
    await database.close();
    await before.app.get(CacheService).clearByCompany(7);
    await database.open();
    const { get } = await restart(adapter, before);
    expect((await get()).xCache).toBe('MISS');
  });
});

describe('after a restart', () => {
  test.each(INVALIDATIONS)('an answer that %s dropped is not', async (_name, invalidate) => {
    const before = await start('express');
    await before.get();
    await before.get('rates?companyId=8');
    await invalidate(before);
    const { get, source } = await restart('express', before);
    source.failure = new Error('ORA-12541');
    expect((await get()).status).toBe(500);
    source.failure = undefined;
    expect((await get()).xCache).toBe('MISS');
  });

  test.each(INVALIDATIONS)('a fill that %s overtook is not', async (_name, invalidate) => {
    const before = await start('express');
    const gate = before.source.holdNext();
    const asked = before.get();
    await until(() => before.source.runs === 1);
    await invalidate(before);
    gate.open();
    expect(await asked).toMatchObject({ status: 200, text: '1' });
    const { get } = await restart('express', before);
    expect((await get()).xCache).toBe('MISS');
  });
});
