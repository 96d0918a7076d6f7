import { join } from 'node:path';
import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  CacheService,
  InvalidOptionsError,
  REPORTS_CACHE_OPTIONS,
  ReportsCacheModule,
  type ReportsCacheOptions,
  type ResolvedOptions,
} from '../../src/index.js';
import { SilentLogger } from '../support/silent-logger.js';
import { tempFolder } from '../support/temp-folder.js';

const PATH = Symbol('path');

@Injectable()
class Settings {
  constructor(@Inject(PATH) readonly path: string) {}

  createReportsCacheOptions(): ReportsCacheOptions {
    return { database: { path: this.path }, ttl: '7m' };
  }
}

function settingsModule(): DynamicModule {
  const path = { provide: PATH, useValue: join(tempFolder(), 'cache.sqlite') };
  return { module: class SettingsModule {}, providers: [path, Settings], exports: [path, Settings] };
}

/** Another module, which uses the cache. */
@Injectable()
class Reports {
  constructor(
    readonly cache: CacheService,
    @Inject(REPORTS_CACHE_OPTIONS) readonly options: ResolvedOptions,
  ) {}
}

async function startWith(cache: DynamicModule, importsIt: boolean): Promise<Reports> {
  @Module({ imports: importsIt ? [cache] : [], providers: [Reports] })
  class ReportsModule {}
  const app = await Test.createTestingModule({ imports: [cache, ReportsModule] })
    .setLogger(new SilentLogger())
    .compile();
  onTestFinished(() => app.close());
  await app.init();
  return app.get(Reports, { strict: false });
}

async function expectToWork({ cache, options }: Reports): Promise<void> {
  expect(options.ttlMs).toBe(7 * 60_000);
  expect(await cache.set('k', 1, { type: 't' })).toBe(true);
  expect(await cache.get('k')).toBe(1);
}

describe('the module', () => {
  const forRoot = (extras = {}): DynamicModule =>
    ReportsCacheModule.forRoot({
      database: { path: join(tempFolder(), 'cache.sqlite') },
      ttl: '7m',
      ...extras,
    });

  test('is imported by forRoot, as one object in every module that uses it', async () => {
    await expectToWork(await startWith(forRoot(), true));
  });

  test('is visible everywhere when it is global, and only then', async () => {
    await expectToWork(await startWith(forRoot({ isGlobal: true }), false));
    await expect(startWith(forRoot(), false)).rejects.toThrow(/resolve dependencies of the Reports/);
  });

  test.each([true, false])('is imported by forRootAsync with a factory (isGlobal: %s)', async (isGlobal) => {
    const cache = ReportsCacheModule.forRootAsync({
      isGlobal,
      imports: [settingsModule()],
      inject: [Settings],
      useFactory: async (settings: Settings) => settings.createReportsCacheOptions(),
    });
    await expectToWork(await startWith(cache, !isGlobal));
  });

  test('is imported by forRootAsync with a class', async () => {
    const cache = ReportsCacheModule.forRootAsync({ imports: [settingsModule()], useClass: Settings });
    await expectToWork(await startWith(cache, true));
  });

  test('is imported by forRootAsync with an existing provider', async () => {
    const cache = ReportsCacheModule.forRootAsync({ imports: [settingsModule()], useExisting: Settings });
    await expectToWork(await startWith(cache, true));
  });

  test('validates what a factory brings', async () => {
    const cache = ReportsCacheModule.forRootAsync({ useFactory: () => ({ ttl: 0 }) });
    await expect(startWith(cache, true)).rejects.toThrow(InvalidOptionsError);
  });

  test('imported twice is refused, with the names of those who import it', async () => {
    @Module({ imports: [forRoot()] })
    class SalesModule {}
    @Module({ imports: [ReportsCacheModule] })
    class LedgerModule {}
    const app = Test.createTestingModule({ imports: [SalesModule, LedgerModule] });
    const outcome = await app.compile().then(
      () => 'it started',
      (error: InvalidOptionsError) => error.faults.join(),
    );
    expect(outcome).toMatch(/imported 2 times, by SalesModule and LedgerModule: import it once/);
  });
});
