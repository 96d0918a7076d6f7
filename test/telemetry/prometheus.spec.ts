import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  CacheService,
  InvalidOptionsError,
  ReportsCacheMetrics,
  ReportsCacheMetricsModule,
  type ReportsCacheOptions,
} from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { INSTRUMENTS, type Instrument } from '../../src/telemetry/instruments.js';
import { prometheusName } from '../../src/telemetry/prometheus-names.js';
import { http } from '../support/http-client.js';
import { type AdapterName, ADAPTERS, startReportApp } from '../support/report-app.js';
import { SilentLogger } from '../support/silent-logger.js';
import { onPostgres } from '../support/test-store.js';
import { Reports, source } from './support/reports.controller.js';
import { parseExposition, scrape, values } from './support/scrape.js';

class OnlyPrometheus implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-scraper'] === 'yes'
    );
  }
}

beforeEach(() => {
  source.fails = false;
  source.refuses = false;
});

const start = (adapter: AdapterName = 'express', cache: ReportsCacheOptions = {}) =>
  startReportApp({ adapter, cache, controllers: [Reports], imports: [ReportsCacheMetricsModule.forRoot()] });

describe.each(ADAPTERS)('a scrape over %s', (adapter) => {
  test('counts how requests were answered, by type', async () => {
    const { url } = await start(adapter);
    for (const company of [1, 1, 2, 1]) await http(`${url}/reports/ledger?companyId=${company}`);
    await http(`${url}/reports/off`);
    source.fails = true;
    await http(`${url}/reports/ledger?companyId=3`);
    source.fails = false;
    source.refuses = true;
    await http(`${url}/reports/ledger?companyId=3`);
    const metrics = await scrape(url);
    expect(values(metrics, 'reports_cache_requests_total')).toEqual({
      'outcome=hit type=ledger': 2,
      'outcome=miss type=ledger': 2,
      'outcome=failed type=ledger': 1,
      'outcome=refused type=ledger': 1,
      'outcome=bypass type=off': 1,
    });
    expect(values(metrics, 'reports_cache_misses_total')).toEqual({ 'reason=cold type=ledger': 2 });
    expect(values(metrics, 'reports_cache_bypasses_total')).toEqual({ 'reason=condition type=off': 1 });
  });

  test('has a histogram of answers, lookups, loads and fills in seconds', async () => {
    const { url } = await start(adapter);
    await http(`${url}/reports/ledger?companyId=1`);
    await http(`${url}/reports/ledger?companyId=1`);
    const metrics = await scrape(url);
    for (const [name, labels] of [
      ['reports_cache_request_duration_seconds', 'outcome=hit type=ledger'],
      ['reports_cache_lookup_duration_seconds', 'outcome=miss type=ledger'],
      ['reports_cache_load_duration_seconds', 'outcome=storable type=ledger'],
    ] as const) {
      expect(values(metrics, `${name}_count`)[labels], name).toBe(1);
      expect(values(metrics, `${name}_sum`)[labels], name).toBe(0);
      for (const le of ['0.0005', '60', '+Inf'])
        expect(values(metrics, `${name}_bucket`)[`le=${le} ${labels}`], name).toBe(1);
    }
    await expect
      .poll(async () => values(await scrape(url), 'reports_cache_fill_duration_seconds_count'))
      .toEqual({ 'outcome=committed type=ledger': 1 });
  });

  test('shows sizes, limits and health', async () => {
    const { url, app } = await start(adapter, { maxBytes: '10mb', memory: { maxBytes: '1mb' } });
    await app.get(CacheService).set('key', { a: 1 }, { type: 'value' });
    const metrics = await scrape(url);
    const gauge = (name: string) => values(metrics, `reports_cache_${name}`);
    expect(gauge('memory_entries')).toEqual({ '': 1 });
    expect(gauge('memory_limit_bytes')).toEqual({ '': 1_048_576 });
    expect(gauge('store_entries')).toEqual({ '': 1 });
    expect(gauge('store_limit_bytes')).toEqual({ '': 10_485_760 });
    expect(gauge('store_size_bytes')['']).toBeGreaterThan(0);
    expect(gauge('store_file_size_bytes')).toEqual({
      'file=database': expect.any(Number),
      ...(!onPostgres && { 'file=wal': expect.any(Number) as unknown }),
    });
    expect(gauge('store_commits_total')['']).toBeGreaterThan(0);
    expect(gauge('store_up')).toEqual({ '': 1 });
    expect(gauge('store_breaker_open')).toEqual({ 'operation=read': 0, 'operation=write': 0 });
    expect(gauge('watermark_up')).toEqual({});
  });

  test('is refused by the guards that were asked for', async () => {
    const { url } = await startReportApp({
      adapter,
      imports: [ReportsCacheMetricsModule.forRoot({ guards: [OnlyPrometheus] })],
    });
    expect((await http(`${url}/metrics`)).status).toBe(403);
    await scrape(url, { headers: { 'x-scraper': 'yes' } });
  });

  test('is never stored by anybody on the way', async () => {
    const { url } = await start(adapter);
    expect((await http(`${url}/metrics`)).headers['cache-control']).toBe('no-store');
  });
});

test('every instrument has its name, help and kind, before anything happened', async () => {
  const { url } = await start();
  const { text } = await http(`${url}/metrics`);
  const kinds = { counter: 'counter', gauge: 'gauge', updown: 'gauge', histogram: 'histogram' };
  for (const instrument of Object.values<Instrument>(INSTRUMENTS)) {
    const name = prometheusName(instrument);
    expect(text).toContain(`# HELP ${name} ${instrument.description}\n`);
    expect(text).toContain(`# TYPE ${name} ${kinds[instrument.kind]}\n`);
  }
});

test('a type of any characters is one label', async () => {
  const { url } = await start();
  await http(`${url}/reports/odd`);
  const [sample] = (await scrape(url)).get('reports_cache_requests_total')!.metrics;
  expect(sample!.labels).toEqual({
    reports_cache_type: 'odd "type"\\\nwith {all=1}',
    reports_cache_outcome: 'miss',
  });
});

test('neither company nor user nor parameter is in it', async () => {
  const { url } = await start();
  await http(`${url}/reports/ledger?companyId=company-4711&period=period-4711`);
  await http(`${url}/reports/mine?companyId=company-4711`, {
    headers: { authorization: 'Bearer token-4711' },
  });
  const { text } = await http(`${url}/metrics`);
  expect(text).not.toContain('4711');
});

test('types beyond the bound share one label, and those of routes keep theirs', async () => {
  const { url, app } = await start();
  const load = () => ({ a: 1 });
  for (let n = 0; n < 150; n++) {
    await app.get(CacheService).getOrSet(`key ${n}`, load, { type: `document ${n}` });
  }
  await http(`${url}/reports/ledger?companyId=1`);
  const metrics = await scrape(url);
  const loads = values(metrics, 'reports_cache_load_duration_seconds_count');
  expect(Object.keys(loads)).toHaveLength(102);
  expect(loads).toMatchObject({
    'outcome=storable type=document 0': 1,
    'outcome=storable type=other': 50,
    'outcome=storable type=ledger': 1,
  });
});

test('a store that is out leaves its figures out, and says so', async () => {
  const { url, app } = await start('express', { storeTimeout: '1s' });
  await app.get(Database).close();
  const metrics = await scrape(url);
  expect(values(metrics, 'reports_cache_store_up')).toEqual({ '': 0 });
  expect(values(metrics, 'reports_cache_store_entries')).toEqual({});
  expect(values(metrics, 'reports_cache_memory_entries')).toEqual({ '': 0 });
});

test("the metrics go into the app's own registry, in the format of that", async () => {
  const { url, app } = await startReportApp({
    controllers: [Reports],
    imports: [ReportsCacheMetricsModule.forRoot({ path: false })],
  });
  expect((await http(`${url}/metrics`)).status).toBe(404);
  await http(`${url}/reports/ledger?companyId=1`);
  const plain = new Registry();
  const openMetrics = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const registry of [plain, openMetrics]) app.get(ReportsCacheMetrics).registerIn(registry);
  const sample = 'reports_cache_requests_total{reports_cache_type="ledger",reports_cache_outcome="miss"} 1\n';
  expect(await plain.metrics()).toContain(sample);
  const exposed = await openMetrics.metrics();
  expect(exposed).toContain(sample);
  expect(exposed).toContain('# TYPE reports_cache_requests counter\n');
  expect(parseExposition(await plain.metrics()).size).toBeGreaterThan(0);
});

test('without ReportsCacheModule the app does not start, and says what is missing', async () => {
  @Module({ imports: [ReportsCacheMetricsModule.forRoot()] })
  class App {}
  const app = (
    await Test.createTestingModule({ imports: [App] })
      .setLogger(new SilentLogger())
      .compile()
  ).createNestApplication();
  await expect(app.init()).rejects.toThrow(/import ReportsCacheModule\.forRoot\(\) as well/);
});

test.each([
  [{ path: '' }, /path must be a path/],
  [{ guards: 'none' }, /guards must be a list/],
  [{ guards: [undefined] }, /guards must be a list/],
  [{ paht: '/metrics' }, /paht is not an option/],
])('options %o are refused by name', (options, message) => {
  expect(() => ReportsCacheMetricsModule.forRoot(options as never)).toThrow(InvalidOptionsError);
  expect(() => ReportsCacheMetricsModule.forRoot(options as never)).toThrow(message);
});
