import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ReportsCacheModule, type ReportsCacheOptions } from '#library/index.js';
import { temporaryFile } from './harness/folders.js';

// The only file that says where the built library is. Beside its public names it gives those that a request's own
// path consists of, so that this path can be measured without a server.
export * from '#library/index.js';
export { Database } from '#library/storage/database.js';
export { DashboardApi } from '#library/dashboard/dashboard-api.js';
export { RollupService } from '#library/performance/rollup.service.js';
export { ReportCache } from '#library/cache/report-cache.js';
export { StoredBody } from '#library/http/stored-body.js';
export { StoredResponseCodec } from '#library/http/stored-response.codec.js';
export type { StoredResponse } from '#library/http/stored-response.js';

export type Driver = 'sqlite' | 'better-sqlite3';
export const DRIVERS: readonly Driver[] = ['sqlite', 'better-sqlite3'];

/** The module in an application without HTTP, on a new file unless the options name one. */
export function openLibrary(
  driver: Driver,
  options: ReportsCacheOptions = {},
): Promise<INestApplicationContext> {
  const database = { type: driver, path: temporaryFile('cache.sqlite'), ...options.database };
  return NestFactory.createApplicationContext(ReportsCacheModule.forRoot({ ...options, database }), {
    logger: ['warn', 'error'],
  });
}
