import pg from 'pg';
import { NestFactory } from '@nestjs/core';
import { CacheService, ReportsCacheModule } from '../library.js';
import { POOL_SIZE, POSTGRES_URL, TTL_MS, type SharedCache } from './shared-cache.js';

/** This library with all its defaults, in a schema of its own. */
export async function libraryOnPostgres(schema: string): Promise<SharedCache> {
  const database = { type: 'postgres', url: POSTGRES_URL, schema, poolSize: POOL_SIZE } as const;
  const app = await NestFactory.createApplicationContext(ReportsCacheModule.forRoot({ database }), {
    logger: ['warn', 'error'],
  });
  const cache = app.get(CacheService);
  const options = { type: 'trial-balance', companyId: 7, ttl: TTL_MS };
  return {
    getOrSet: (key, load) => cache.getOrSet(key, load, options),
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value, options),
    drop: (key) => cache.delete(key),
    async clear() {
      await app.close();
      await inPostgres(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    },
  };
}

/** One statement on a connection of its own. @throws what the server says, or that there is none. */
export async function inPostgres(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
