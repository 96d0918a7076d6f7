import { Test } from '@nestjs/testing';
import { describe, expect, test } from 'vitest';
import {
  InvalidOptionsError,
  REPORTS_CACHE_OPTIONS,
  ReportsCacheModule,
  type ReportsCacheOptions,
} from '../../src/index.js';
import { tempFolder } from '../support/temp-folder.js';
import { startCacheApp } from './cache-app.js';

describe('the options, when the app starts', () => {
  test('every fault is named at once', async () => {
    const folder = tempFolder();
    const options = {
      databse: {},
      database: { type: 'mysql', path: folder, retries: 3 },
      ttl: -1,
      memory: { maxBytes: 'a lot' },
      sourceConcurrency: 0,
      cleanup: { cron: 'whenever' },
      storeTimeout: 'soon',
    };
    const failure: unknown = await Test.createTestingModule({
      imports: [ReportsCacheModule.forRoot(options as unknown as ReportsCacheOptions)],
    })
      .compile()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidOptionsError);
    const named = (failure as InvalidOptionsError).faults.map((fault) => fault.split(' ')[0]).sort();
    expect(named).toEqual([
      'cleanup.cron',
      'database.path',
      'database.retries',
      'database.type',
      'databse',
      'memory.maxBytes',
      'sourceConcurrency',
      'storeTimeout',
      'ttl',
    ]);
    expect((failure as InvalidOptionsError).code).toBe('INVALID_OPTIONS');
  });

  test('a TTL of years is no fault', async () => {
    const app = await startCacheApp({ cache: { ttl: '10y' } });
    await app.service.set('k', 1, { type: 't' });
    app.clock.advance(9 * 365 * 24 * 3_600_000);
    expect(await app.service.get('k')).toBe(1);
  });

  test('the resolved options can be injected', async () => {
    const app = await startCacheApp({ cache: { ttl: '1m', maxBytes: '1mb' } });
    expect(app.get(REPORTS_CACHE_OPTIONS)).toMatchObject({ ttlMs: 60_000, maxBytes: 1_048_576 });
  });
});
