import { join } from 'node:path';
import type { ReportsCacheOptions } from '../../src/index.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import type { NoticeChannel } from '../../src/common/notice-channel.js';
import { NOTICE_CHANNEL } from '../../src/common/tokens.js';
import {
  type CacheApp,
  type CacheAppOptions,
  type Driver,
  DRIVERS,
  startCacheApp,
} from '../module/cache-app.js';
import { hasPostgres, POSTGRES_URL, tempSchema } from '../support/postgres.js';
import { tempFolder } from '../support/temp-folder.js';
import { onPostgres } from '../support/test-store.js';

export type StoreType = Driver | 'postgres';

/** What several processes may share; without a server, files alone. */
export const STORES: readonly StoreType[] = [
  ...(onPostgres ? [] : DRIVERS),
  ...(hasPostgres ? (['postgres'] as const) : []),
];

/** A store of this test's own. */
export function sharedStore(type: StoreType): NonNullable<ReportsCacheOptions['database']> {
  return type === 'postgres'
    ? { type, url: POSTGRES_URL, schema: tempSchema() }
    : { type, path: join(tempFolder(), 'cache.sqlite') };
}

/** Two apps on one store and clock; both know of one another. */
export async function startTwo(
  type: StoreType,
  cache: Omit<ReportsCacheOptions, 'database'> = {},
): Promise<{ one: CacheApp; two: CacheApp; startNext: () => Promise<CacheApp> }> {
  const options = { cache: { ...cache, database: sharedStore(type) } };
  const one = await startDeaf(options);
  const startNext = async (): Promise<CacheApp> => {
    const next = await startDeaf({ ...options, clock: one.clock });
    await look(one);
    return next;
  };
  return { one, two: await startNext(), startNext };
}

/** Hears no notices: it looks when a test says so, and not before. */
export async function startDeaf(options: CacheAppOptions): Promise<CacheApp> {
  const app = await startCacheApp(options);
  await app.get<NoticeChannel>(NOTICE_CHANNEL).stop();
  return app;
}

/** Now, and not when the next interval is over. */
export function look(app: CacheApp): Promise<void> {
  return app.get(PeerWatch).catchUp();
}
