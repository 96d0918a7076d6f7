import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReportsCacheHealthIndicator, type ReportsCacheOptions } from '../../../src/index.js';
import { PeerWatch } from '../../../src/cluster/peer-watch.js';
import { type CacheApp, startCacheApp } from '../../module/cache-app.js';
import { hasPgBouncer, PgBouncer } from '../../support/pgbouncer.js';
import { hasPostgres, POSTGRES_URL, postgresOptions, tempSchema } from '../../support/postgres.js';
import { describeStore } from '../store.contract.js';

const REPORT = { type: 'ledger', companyId: 7 };

describe.skipIf(!hasPostgres || !hasPgBouncer)('behind PgBouncer in transaction mode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  let bouncer: PgBouncer;

  beforeAll(async () => {
    bouncer = await PgBouncer.start(folder);
  });
  afterAll(async () => {
    await bouncer?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describeStore('postgres', () =>
    postgresOptions({ url: bouncer.url, listenUrl: bouncer.url, preparedStatements: false }),
  );

  test('names of statements that it does not follow cost no answer', async () => {
    const { service } = await start(tempSchema(), { url: bouncer.url, listenUrl: POSTGRES_URL });
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    for (let round = 0; round < 3; round += 1) {
      const stored = await Promise.all(keys.map((key) => service.set(key, `${key} ${round}`, REPORT)));
      expect(stored).toEqual(keys.map(() => true));
      expect(await Promise.all(keys.map((key) => service.get(key)))).toEqual(
        keys.map((key) => `${key} ${round}`),
      );
    }
  });

  test('a listenUrl to the server itself brings notices of what others drop', async () => {
    const schema = tempSchema();
    const urls = { url: bouncer.url, listenUrl: POSTGRES_URL };
    const [one, other] = [await start(schema, urls, '1h'), await start(schema, urls, '1h')];
    await Promise.all([one, other].map((app) => app.get(PeerWatch).catchUp()));
    await expect.poll(() => [one, other].map(noticesOf)).toEqual(['listening', 'listening']);
    await expectDropped(one, other);
  });

  test('without one it is found out that notices do not come, health says so, and others are polled', async () => {
    const schema = tempSchema();
    const urls = { url: bouncer.url, listenUrl: bouncer.url };
    const [one, other] = [await start(schema, urls, '100ms'), await start(schema, urls, '100ms')];
    await expect.poll(() => noticesOf(other)).toBe('deaf');
    const { cache } = await other.get(ReportsCacheHealthIndicator).isHealthy('cache');
    expect(cache).toMatchObject({ status: 'up', processes: { notices: 'deaf' } });
    expect(other.logger.warnings.join()).toContain('"database.listenUrl"');
    await expectDropped(one, other);
  });
});

function start(
  schema: string,
  urls: { url: string; listenUrl: string },
  pollEvery = '1h',
): Promise<CacheApp> {
  const database = { type: 'postgres', schema, poolSize: 4, ...urls } as const;
  const processes = { pollEvery } as ReportsCacheOptions['processes'];
  return startCacheApp({ cache: { database, processes } });
}

function noticesOf(app: CacheApp): string {
  return app.get(PeerWatch).health.notices;
}

/** What both have in memory leaves the memory of the one when the other drops it. */
async function expectDropped(one: CacheApp, other: CacheApp): Promise<void> {
  await other.service.set('k', 'old', REPORT);
  expect(await other.service.get('k')).toBe('old');
  await one.service.clearByCompany(7);
  await expect.poll(() => other.service.get('k')).toBeUndefined();
}
