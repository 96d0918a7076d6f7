import { type INestApplication } from '@nestjs/common';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReportsCacheOptions } from '../../src/index.js';
import { CacheState } from '../../src/telemetry/cache-state.js';
import { DURATION_BOUNDS, INSTRUMENTS } from '../../src/telemetry/instruments.js';
import { TelemetryHub } from '../../src/telemetry/telemetry-hub.js';
import { settle } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { registerSdk } from './support/open-telemetry-sdk.js';
import { Reports, source } from './support/reports.controller.js';

const OUTCOME = 'reports_cache.outcome';
const TYPE = 'reports_cache.type';

beforeEach(() => {
  source.fails = false;
  source.refuses = false;
});

async function start(adapter: AdapterName = 'express', cache: ReportsCacheOptions = {}) {
  const sdk = registerSdk();
  /** As an instrumentation of HTTP does. */
  const traced = (request: IncomingMessage, response: ServerResponse, next: () => void): void =>
    sdk.tracer.startActiveSpan(request.method ?? '', (span) => {
      response.once('close', () => span.end());
      next();
    });
  const { app, url } = await startReportApp({
    adapter,
    controllers: [Reports],
    cache: { performance: { flushEvery: '1h' }, ...cache },
    configure: (created: INestApplication) => void created.use(traced),
  });
  const ask = async (path: string) => {
    const before = sdk.spans('GET').length;
    const answer = await http(`${url}/reports/${path}`);
    await expect.poll(() => sdk.spans('GET')).toHaveLength(before + 1);
    return { answer, span: sdk.spans('GET').at(-1)! };
  };
  return { ...sdk, app, ask };
}

const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;

describe.each(ADAPTERS)('with an SDK of OpenTelemetry over %s', (adapter) => {
  test('requests are counted by type and outcome', async () => {
    const { ask, metrics } = await start(adapter);
    for (const path of ['ledger?companyId=1', 'ledger?companyId=1', 'ledger?companyId=1', 'off'])
      await ask(path);
    const { descriptor, dataPoints } = (await metrics()).get('reports_cache.requests')!;
    expect(descriptor.unit).toBe('{request}');
    expect(dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
      [{ [TYPE]: 'ledger', [OUTCOME]: 'miss' }, 1],
      [{ [TYPE]: 'ledger', [OUTCOME]: 'hit' }, 2],
      [{ [TYPE]: 'off', [OUTCOME]: 'bypass' }, 1],
    ]);
  });

  test('durations come in seconds, in the buckets that were asked for', async () => {
    const { ask, metrics } = await start(adapter);
    await ask('ledger?companyId=1');
    await ask('ledger?companyId=1');
    const { descriptor, dataPoints } = (await metrics()).get('reports_cache.request.duration')!;
    expect(descriptor.unit).toBe('s');
    expect(dataPoints.map(({ attributes }) => attributes[OUTCOME])).toEqual(['miss', 'hit']);
    expect(dataPoints[1]!.value).toMatchObject({ count: 1, buckets: { boundaries: DURATION_BOUNDS } });
  });

  test('a miss has spans for lookup, load and fill beneath its request', async () => {
    const { ask, spans } = await start(adapter);
    const { span } = await ask('ledger?companyId=1');
    await expect.poll(() => spans('reports_cache.fill')).toHaveLength(1);
    const id = span.spanContext().spanId;
    for (const [name, outcome] of [
      ['lookup', 'miss'],
      ['load', 'storable'],
      ['fill', 'committed'],
    ] as const) {
      const [child] = spans(`reports_cache.${name}`);
      expect(parentOf(child), name).toBe(id);
      expect(child!.attributes).toEqual({ [TYPE]: 'ledger', [OUTCOME]: outcome });
    }
    expect(span.attributes).toMatchObject({
      [TYPE]: 'ledger',
      [OUTCOME]: 'miss',
      'reports_cache.reason': 'cold',
    });
  });

  test('a hit in memory has no span of its own, and its request says what it was', async () => {
    const { ask, spans } = await start(adapter);
    await ask('ledger?companyId=1');
    await expect.poll(() => spans('reports_cache.fill')).toHaveLength(1);
    const before = spans().length;
    const { span } = await ask('ledger?companyId=1');
    expect(span.attributes).toMatchObject({ [TYPE]: 'ledger', [OUTCOME]: 'hit' });
    expect(spans()).toHaveLength(before + 1);
  });

  test('a source that fails marks its span, without what it said', async () => {
    const { ask, spans } = await start(adapter);
    source.fails = true;
    const { answer, span } = await ask('ledger?companyId=1');
    expect(answer.status).toBe(500);
    const [load] = spans('reports_cache.load');
    expect(load).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { [TYPE]: 'ledger', [OUTCOME]: 'failed', 'error.type': 'Error' },
      events: [],
    });
    expect(load!.status.message).toBeUndefined();
    expect(span.attributes[OUTCOME]).toBe('failed');
  });
});

test('every instrument that has something to show is exported, in its unit', async () => {
  const { ask, metrics } = await start();
  await ask('ledger?companyId=1');
  const exported = await metrics();
  for (const key of [
    'memorySize',
    'storeEntries',
    'storeFileSize',
    'storeUp',
    'logPending',
    'loadsActive',
  ] as const) {
    const { name, unit, description } = INSTRUMENTS[key];
    expect(exported.get(name)?.descriptor, name).toMatchObject({ unit, description });
    expect(exported.get(name)?.dataPoints.length, name).toBeGreaterThan(0);
  }
});

test('a flush that writes something is a trace of its own, one that has nothing to write is none', async () => {
  const { ask, spans, metrics } = await start('express', { performance: { flushEvery: 5 } });
  await settle(100);
  expect(spans('reports_cache.flush')).toEqual([]);
  await ask('ledger?companyId=1');
  await expect.poll(() => spans('reports_cache.flush')).toHaveLength(1);
  const [flush] = spans('reports_cache.flush');
  expect(parentOf(flush)).toBeUndefined();
  expect(flush!.attributes).toEqual({ [OUTCOME]: 'written' });
  const { dataPoints } = (await metrics()).get('reports_cache.flush.duration')!;
  expect(dataPoints.map(({ attributes }) => attributes)).toEqual([{ [OUTCOME]: 'written' }]);
});

test('after the app has closed, an SDK that still asks does not reach the store', async () => {
  const { app, metrics } = await start();
  const looks = vi.spyOn(app.get(CacheState, { strict: false }), 'readings');
  await metrics();
  expect(looks).toHaveBeenCalledTimes(1);
  await app.close();
  await metrics();
  expect(looks).toHaveBeenCalledTimes(1);
});

test('without an SDK nothing is wrapped', async () => {
  const { app } = await startReportApp({ controllers: [Reports] });
  const work = Promise.resolve(1);
  expect(app.get(TelemetryHub, { strict: false }).during('load', 'ledger', () => work, String)).toBe(work);
});
