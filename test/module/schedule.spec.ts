import { Injectable } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { describe, expect, test } from 'vitest';
import { CLEANUP_JOB_NAME } from '../../src/index.js';
import { Cleanup } from '../../src/maintenance/cleanup.js';
import { startCacheApp } from './cache-app.js';

@Injectable()
class HostJobs {
  ticks = 0;

  @Cron('0 0 1 1 *', { name: 'host:yearly' })
  yearly(): void {
    this.ticks += 1;
  }

  @Interval('host:interval', 3_600_000)
  hourly(): void {}
}

describe('the cleanup job', () => {
  test("stands in the app's own registry, and the app's jobs are there once", async () => {
    const app = await startCacheApp({ imports: [ScheduleModule.forRoot()], providers: [HostJobs] });
    const registry = app.get(SchedulerRegistry);
    expect([...registry.getCronJobs().keys()].sort()).toEqual(['host:yearly', CLEANUP_JOB_NAME].sort());
    expect(registry.getIntervals()).toEqual(['host:interval']);
    await registry.getCronJob('host:yearly').fireOnTick();
    expect(app.get(HostJobs).ticks).toBe(1);
  });

  test('runs the cleanup by its cron, and the app can run and stop it', async () => {
    const app = await startCacheApp({
      imports: [ScheduleModule.forRoot()],
      cache: { cleanup: { cron: '15 3 * * *' } },
    });
    const job = app.get(SchedulerRegistry).getCronJob(CLEANUP_JOB_NAME);
    expect(job.isActive).toBe(true);
    expect(String(job.cronTime.source)).toBe('15 3 * * *');
    await app.service.set('k', 1, { type: 't', ttl: 1_000 });
    app.clock.advance(1_000);
    await job.fireOnTick();
    expect(app.get(Cleanup).lastReport).toMatchObject({ finishedAt: app.clock.now(), expiredEntries: 1 });
    await job.stop();
    expect(job.isActive).toBe(false);
  });

  test('is gone from the registry when the app has closed', async () => {
    const app = await startCacheApp({ imports: [ScheduleModule.forRoot()] });
    const registry = app.get(SchedulerRegistry);
    const job = registry.getCronJob(CLEANUP_JOB_NAME);
    await app.close();
    expect(job.isActive).toBe(false);
    expect([...registry.getCronJobs().keys()]).toEqual([]);
  });

  test('needs no ScheduleModule', async () => {
    const app = await startCacheApp();
    expect(() => app.get(SchedulerRegistry)).toThrow();
    await app.service.set('k', 1, { type: 't' });
    await app.close();
  });
});
