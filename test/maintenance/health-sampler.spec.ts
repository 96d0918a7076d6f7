import { describe, expect, it } from 'vitest';
import { CacheStatusService } from '../../src/index.js';
import { HealthSampler, SAMPLE_EVERY_MS } from '../../src/maintenance/health-sampler.js';
import { startCacheApp } from '../module/cache-app.js';

async function start() {
  const app = await startCacheApp();
  return { ...app, sampler: app.get(HealthSampler), status: app.get(CacheStatusService) };
}

describe('the history of the cache', () => {
  it('has a sample an interval, whoever takes it and how often', async () => {
    const { sampler, status, service, clock } = await start();
    const beginning = Math.floor(clock.now() / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS;
    await service.set('one', 1, { type: 'a' });
    await sampler.sample();
    clock.advance(1_000);
    await sampler.sample();
    clock.advance(SAMPLE_EVERY_MS);
    await service.set('two', 1, { type: 'a' });
    await sampler.sample();
    expect(await status.history(0)).toMatchObject([
      { sampledAt: beginning, storeOk: true, watermarkOk: null, entries: 1 },
      { sampledAt: beginning + SAMPLE_EVERY_MS, storeOk: true, entries: 2 },
    ]);
    expect(await status.history(beginning + 1)).toHaveLength(1);
  });

  it('tells of an outage once it is over', async () => {
    const { sampler, status, database, clock } = await start();
    await database.close();
    await expect(sampler.sample()).rejects.toThrow();
    clock.advance(SAMPLE_EVERY_MS);
    await database.open();
    await sampler.sample();
    const history = await status.history(0);
    expect(history.map(({ storeOk, entries }) => [storeOk, entries])).toEqual([
      [false, null],
      [true, 0],
    ]);
  });

  it('is kept for 35 days', async () => {
    const { sampler, status, clock, ...app } = await start();
    await sampler.sample();
    clock.advance(36 * 86_400_000);
    await sampler.sample();
    expect(await status.history(0)).toHaveLength(1);
    expect(await app.rows('SELECT * FROM cache_health_samples')).toHaveLength(1);
  });

  it('holds what can be read of a cache whose file is out', async () => {
    const { status, service, database } = await start();
    await service.set('one', 1, { type: 'a' });
    await database.close();
    expect(await status.read()).toMatchObject({
      state: 'closed',
      totalEntries: 1,
      watermarks: { state: 'off' },
    });
  });
});
