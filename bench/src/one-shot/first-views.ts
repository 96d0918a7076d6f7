import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { answerOnce } from '../harness/one-shot.js';
import {
  DashboardApi,
  ReportsCacheDashboardModule,
  ReportsCacheModule,
  RollupService,
  type Driver,
} from '../library.js';

/** Milliseconds by view. */
export type ViewCosts = Record<string, number>;

// Opens every view of the dashboard once, in a fresh process on an existing file.
const [driver, path] = process.argv.slice(2) as [Driver, string];

@Module({
  imports: [
    ReportsCacheModule.forRoot({ database: { type: driver, path }, cleanup: { cron: '0 0 1 1 *' } }),
    ReportsCacheDashboardModule.forRoot({ guards: [{ canActivate: () => true }] }),
  ],
})
class App {}

const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
await app.get(RollupService, { strict: false }).rollUp();
const api = app.get(DashboardApi, { strict: false });
const costs: ViewCosts = {};
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await measure('overview of 24 hours, the first view', 'overview', { range: '24h' });
await measure('overview of 30 days', 'overview', { range: '30d' });
await measure('overview of a year', 'overview', { range: '1y' });
await measure('types', 'types', {});
await measure('companies', 'companies', {});
await measure('users', 'users', {});
await measure('entries', 'entries', {});
await measure('entries by part of the key', 'entries', { text: '9999', sort: 'size' });
await measure('activity', 'activity', {});
costs['longest block of the event loop'] = delay.max / 1e6;
answerOnce(costs);

async function measure(
  name: string,
  view: Parameters<DashboardApi['read']>[0],
  query: object,
): Promise<void> {
  const startedAt = performance.now();
  const { status } = await api.read(view, query, null);
  if (status !== 200) throw new Error(`${name}: ${status}`);
  costs[name] = performance.now() - startedAt;
}
