import { Controller, Get, Inject } from '@nestjs/common';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Cacheable, type ReportsCacheOptions } from '../../src/index.js';
import type { createReportCache } from '../../src/cache/create-report-cache.js';
import { isDueEarly } from '../../src/cache/freshness.js';
import { heldLoad } from '../cluster/held-load.js';
import { startTwo, STORES } from '../cluster/shared-store.js';
import { settle, until } from '../http/gate.js';
import { startCacheApp } from '../module/cache-app.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

/** What the cache draws instead of a random number. */
const chance = vi.hoisted(() => ({ drawn: 0 }));

vi.mock('../../src/cache/create-report-cache.js', async (importOriginal) => {
  const original = await importOriginal<{ createReportCache: typeof createReportCache }>();
  return {
    createReportCache: (...parts: Parameters<typeof createReportCache>) => {
      const [memory, store, reasons, clock, options, peers, telemetry] = parts;
      const draw = () => chance.drawn;
      return original.createReportCache(memory, store, reasons, clock, options, peers, telemetry, draw);
    },
  };
});

/** Drawn, it makes XFetch look ahead by just what the load took. */
const ONE_LOAD_AHEAD = 1 - 1 / Math.E;
const TTL = 60_000;
const LOAD = 1_000;

beforeEach(() => {
  chance.drawn = 0;
});

describe('isDueEarly', () => {
  const entry = { expiresAt: 100_000, graceUntil: 100_000 };

  test.each([
    ['the lowest draw looks ahead not at all', 99_999, 1_000, 1, 0, false],
    ['at the expiry it is due whatever is drawn', 100_000, 1_000, 1, 0, true],
    ['one load before the expiry', 99_000, 1_000, 1, 1 - 1 / Math.E, true],
    ['a millisecond earlier not yet', 98_999, 1_000, 1, 1 - 1 / Math.E, false],
    ['a β of 2 looks ahead twice as far', 98_000, 1_000, 2, 1 - 1 / Math.E, true],
    ['a load that took no time is never due early', 99_999, 0, 10, 0.999_999, false],
  ])('%s', (_what, now, loadMs, beta, random, due) => {
    expect(isDueEarly(entry, now, loadMs, beta, random)).toBe(due);
  });

  test('a later moment, a slower load, a higher β or draw never make it less due', () => {
    const draw = fc.tuple(
      fc.integer({ min: 0, max: 120_000 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
    );
    fc.assert(
      fc.property(draw, draw, (a, b) => {
        const low = a.map((value, index) => Math.min(value, b[index]!)) as typeof a;
        const high = a.map((value, index) => Math.max(value, b[index]!)) as typeof a;
        return !isDueEarly(entry, ...low) || isDueEarly(entry, ...high);
      }),
    );
  });
});

async function startEarly(cache: ReportsCacheOptions = {}) {
  const app = await startCacheApp({ cache });
  const source = new PlayedSource();
  source.onStart = () => app.clock.advance(LOAD);
  const options = { type: 't', ttl: TTL, earlyRefresh: 1, companyId: 7 };
  const get = () => app.service.getOrSet('k', () => source.query(), options);
  const fill = async () => {
    await get();
    source.onStart = () => undefined;
    await app.database.write(() => Promise.resolve());
  };
  return { ...app, source, get, fill };
}

test.each(STORES)(
  'of two processes one refreshes a key early, and the other goes on answering (%s)',
  async (store) => {
    const { one, two } = await startTwo(store);
    const options = { type: 't', ttl: TTL, earlyRefresh: 1 };
    await one.service.getOrSet('k', () => settledAfter(one.clock), options);
    await one.database.write(() => Promise.resolve());
    await two.service.get('k');
    one.clock.advance(TTL - LOAD - 1);
    chance.drawn = ONE_LOAD_AHEAD;
    one.clock.advance(1);
    const load = heldLoad('anew');
    expect(await one.service.getOrSet('k', load.run, options)).toBe('first');
    await load.began;
    expect(await two.service.getOrSet('k', load.run, options)).toBe('first');
    // A second claim would have been asked for before this write.
    await two.database.write(() => Promise.resolve());
    load.finish();
    await expect.poll(() => one.service.get('k')).toBe('anew');
    await two.database.write(() => Promise.resolve());
    expect(load.runs).toBe(1);
  },
);

function settledAfter(clock: { advance(ms: number): void }): string {
  clock.advance(LOAD);
  return 'first';
}

describe.each([
  ['memory', undefined],
  ['the file', false as const],
])('an early refresh of an entry in %s', (_where, memory) => {
  test('begins when the draw says so, behind the stored answer, and once for twenty callers', async () => {
    const { get, fill, clock, source, database } = await startEarly({ memory });
    await fill();
    chance.drawn = ONE_LOAD_AHEAD;
    clock.advance(TTL - LOAD - 1);
    expect(await get()).toBe(1);
    expect(source.runs).toBe(1);
    clock.advance(1);
    const gate = source.holdNext();
    expect(await Promise.all(Array.from({ length: 20 }, get))).toEqual(Array(20).fill(1));
    expect(source.runs).toBe(2);
    gate.open();
    await settle();
    await database.write(() => Promise.resolve());
    chance.drawn = 0;
    expect(await get()).toBe(2);
  });

  test('gives the entry a whole TTL again', async () => {
    const { get, fill, clock, source, database } = await startEarly({ memory });
    await fill();
    chance.drawn = ONE_LOAD_AHEAD;
    clock.advance(TTL - LOAD);
    await get();
    await settle();
    await database.write(() => Promise.resolve());
    chance.drawn = 0;
    clock.advance(TTL - 1);
    expect(await get()).toBe(2);
    expect(source.runs).toBe(2);
  });

  test('that fails leaves the entry until its expiry, and its error to whoever asks then', async () => {
    const { get, fill, clock, source, logger } = await startEarly({ memory });
    await fill();
    chance.drawn = ONE_LOAD_AHEAD;
    clock.advance(TTL - LOAD);
    source.failure = Object.assign(new Error('ORA-12541: no listener for alice'), { code: 'ORA-12541' });
    expect(await get()).toBe(1);
    await until(() => logger.warnings.length > 0);
    expect(logger.warnings[0]).toMatch(/could not be refreshed: Error ORA-12541$/);
    expect(await get()).toBe(1);
    clock.advance(LOAD);
    await expect(get()).rejects.toThrow('ORA-12541');
  });

  test('stores nothing when an invalidation overtook it', async () => {
    const { get, fill, clock, source, service } = await startEarly({ memory });
    await fill();
    chance.drawn = ONE_LOAD_AHEAD;
    clock.advance(TTL - LOAD);
    const gate = source.holdNext();
    await get();
    await service.clearByCompany(7);
    gate.open();
    await settle();
    expect(await service.get('k')).toBeUndefined();
  });
});

test('without earlyRefresh nothing is refreshed before the expiry', async () => {
  const { service, clock } = await startCacheApp();
  const source = new PlayedSource();
  source.onStart = () => clock.advance(LOAD);
  const get = () => service.getOrSet('k', () => source.query(), { type: 't', ttl: TTL });
  await get();
  chance.drawn = 0.999_999;
  clock.advance(TTL - 1);
  expect(await get()).toBe(1);
  expect(source.runs).toBe(1);
});

test.each([
  [0, 0.25, TTL],
  [0.5, 0.25, TTL * 0.875],
  [0.999_999_999, 0.25, TTL * 0.75],
  [0.999_999_999, 1, 1],
  [0.999_999_999, 0, TTL],
])('a draw of %d and a jitter of %d make a TTL of %d ms', async (drawn, jitter, expected) => {
  const { service, clock } = await startCacheApp();
  chance.drawn = drawn;
  await service.set('k', 1, { type: 't', ttl: TTL, jitter });
  clock.advance(expected - 1);
  expect(await service.get('k')).toBe(1);
  clock.advance(1);
  expect(await service.get('k')).toBeUndefined();
});

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: TTL, earlyRefresh: 1 })
  async ledger(): Promise<unknown> {
    return { run: await this.source.query() };
  }
}

describe.each(ADAPTERS)('over %s', (adapter) => {
  test('the hit before the expiry waits for nobody, and the next one has the new answer', async () => {
    const source = new PlayedSource();
    const providers = [{ provide: PlayedSource, useValue: source }];
    const { url, clock } = await startReportApp({ adapter, controllers: [Reports], providers });
    const get = (headers = {}) => http(`${url}/reports/ledger`, { headers });
    source.onStart = () => clock.advance(LOAD);
    const first = await get();
    source.onStart = () => undefined;
    chance.drawn = ONE_LOAD_AHEAD;
    clock.advance(TTL - LOAD);
    const gate = source.holdNext();
    const conditional = await get({ 'if-none-match': first.headers.etag });
    expect(conditional).toMatchObject({ status: 304, xCache: 'HIT' });
    expect(await get()).toMatchObject({ xCache: 'HIT', text: first.text });
    expect(source.runs).toBe(2);
    gate.open();
    await settle();
    const next = await get();
    expect(next).toMatchObject({ status: 200, xCache: 'HIT', text: '{"run":2}' });
    expect(next.headers).toMatchObject({ age: '0', 'content-type': first.headers['content-type'] });
    expect(next.headers.etag).not.toBe(first.headers.etag);
  });
});
