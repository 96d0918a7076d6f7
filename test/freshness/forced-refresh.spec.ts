import { Controller, Get, Inject } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import { Cacheable, type ReportsCacheOptions } from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { Gate, settle, until } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('ledger')
  @Cacheable({ type: 'ledger', ttl: '1h' })
  async ledger(): Promise<unknown> {
    return { run: await this.source.query() };
  }
}

/** The department is no credential, and no part of the key. */
const refresh: ReportsCacheOptions['refresh'] = {
  allow: (request: { headers: Record<string, string> }) => request.headers['x-department'] === 'control',
};
const CONTROL = { 'x-department': 'control', 'cache-control': 'no-cache' };
const SALES = { 'x-department': 'sales', 'cache-control': 'no-cache' };
const MIN_AGE = 10_000;

async function start(adapter: AdapterName, cache: ReportsCacheOptions) {
  const source = new PlayedSource();
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: source }],
    // On a server memory answers for as long as others can be watched, and the clock goes on at one go.
    cache: { processes: { maxStaleness: '1h' }, ...cache },
  });
  const get = (headers: Record<string, string> = {}) => http(`${report.url}/reports/ledger`, { headers });
  return { ...report, source, get };
}

describe.each(ADAPTERS)('Cache-Control: no-cache over %s', (adapter) => {
  test('is ignored without the option', async () => {
    const { get, clock } = await start(adapter, {});
    await get();
    clock.advance(MIN_AGE);
    expect(await get(CONTROL)).toMatchObject({ xCache: 'HIT', text: '{"run":1}' });
  });

  test('is ignored for whom it is not allowed', async () => {
    const { get, clock } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE);
    expect(await get(SALES)).toMatchObject({ xCache: 'HIT', text: '{"run":1}' });
  });

  test('brings a fresh answer that everybody has from then on', async () => {
    const { get, clock } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE);
    const refreshed = await get(CONTROL);
    expect(refreshed).toMatchObject({ xCache: 'MISS', text: '{"run":2}' });
    expect(refreshed.headers['cache-status']).toBe('reports-cache; fwd=request; stored; detail=refresh');
    expect(refreshed.headers.age).toBeUndefined();
    expect(await get()).toMatchObject({ xCache: 'HIT', text: '{"run":2}' });
  });

  test('counts among other directives, in any case', async () => {
    const { get, clock } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE);
    const refreshed = await get({ ...CONTROL, 'cache-control': 'max-age=0, No-Cache' });
    expect(refreshed.text).toBe('{"run":2}');
  });

  test('brings what is stored while that is younger than ten seconds', async () => {
    const { get, clock, source } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE - 1);
    expect(await get(CONTROL)).toMatchObject({ xCache: 'HIT', text: '{"run":1}' });
    clock.advance(1);
    expect((await get(CONTROL)).text).toBe('{"run":2}');
    expect((await get(CONTROL)).text).toBe('{"run":2}');
    expect(source.runs).toBe(2);
  });

  test('brings what is stored while that is younger than minAge', async () => {
    const { get, clock } = await start(adapter, { refresh: { ...refresh, minAge: '1m' } });
    await get();
    clock.advance(59_999);
    expect((await get(CONTROL)).xCache).toBe('HIT');
    clock.advance(1);
    expect((await get(CONTROL)).xCache).toBe('MISS');
  });

  test('of twenty at once runs one query', async () => {
    const { get, clock, source } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE);
    const gate = source.holdNext();
    const asked = Array.from({ length: 20 }, () => get(CONTROL));
    await until(() => source.runs === 2);
    await settle(100);
    gate.open();
    const texts = (await Promise.all(asked)).map(({ text }) => text);
    expect(texts).toEqual(Array(20).fill('{"run":2}'));
    expect(source.runs).toBe(2);
  });

  test('does not join a load that began before, nor is overwritten by it', async () => {
    const { get, source } = await start(adapter, { refresh });
    const gate = source.holdNext();
    const early = get();
    await until(() => source.runs === 1);
    expect((await get(CONTROL)).text).toBe('{"run":2}');
    gate.open();
    expect((await early).text).toBe('{"run":1}');
    await settle();
    expect(await get()).toMatchObject({ xCache: 'HIT', text: '{"run":2}' });
  });

  test('leaves nobody the answer before it, although the file has not taken the new one yet', async () => {
    const { get, clock, app } = await start(adapter, { refresh, memory: false });
    const database = app.get(Database, { strict: false });
    await get();
    await database.write(() => Promise.resolve());
    clock.advance(MIN_AGE);
    const gate = new Gate();
    const writing = database.write(() => gate.opened);
    expect((await get(CONTROL)).text).toBe('{"run":2}');
    expect((await get()).text).not.toBe('{"run":1}');
    gate.open();
    await writing;
    await database.write(() => Promise.resolve());
    expect(await get()).toMatchObject({ xCache: 'HIT' });
  });

  test('leaves the stored answer where it was when the source fails', async () => {
    const { get, clock, source } = await start(adapter, { refresh });
    await get();
    clock.advance(MIN_AGE);
    source.failure = new Error('ORA-12541');
    expect((await get(CONTROL)).status).toBe(500);
    expect(await get()).toMatchObject({ xCache: 'HIT', text: '{"run":1}' });
  });

  test('goes past the cache, with one warning, when "allow" answers late', async () => {
    const allow = (() => Promise.resolve(false)) as unknown as () => boolean;
    const { get, logger } = await start(adapter, { refresh: { allow } });
    expect((await get(CONTROL)).xCache).toBe('BYPASS');
    expect((await get(CONTROL)).xCache).toBe('BYPASS');
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toContain('Reports.ledger');
    expect(logger.warnings[0]).toContain('refresh.allow');
  });
});
