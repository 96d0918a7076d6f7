import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { describe, expect, test, vi } from 'vitest';
import { CLEANUP_JOB_NAME } from '../../src/index.js';
import { Cleanup } from '../../src/maintenance/cleanup.js';
import { startCacheApp, type CacheApp } from '../module/cache-app.js';

const start = (cron: string): Promise<CacheApp> =>
  startCacheApp({ imports: [ScheduleModule.forRoot()], cache: { cleanup: { cron } } });

const tick = (app: CacheApp): Promise<void> =>
  app.get(SchedulerRegistry).getCronJob(CLEANUP_JOB_NAME).fireOnTick();

describe('the cleanup job', () => {
  test('cleans up when its time has come', async () => {
    const app = await start('* * * * * *');
    const ran = new Promise<void>((resolve) => {
      vi.spyOn(app.get(Cleanup), 'run').mockImplementation(async () => {
        resolve();
        return { finishedAt: 0, expiredEntries: 0, evictedEntries: 0, logRows: 0 };
      });
    });
    await ran;
  });

  test('says so when it fails, and goes on', async () => {
    const app = await start('0 0 1 1 *');
    const run = vi.spyOn(app.get(Cleanup), 'run').mockRejectedValueOnce(new Error('disk full'));
    await tick(app);
    expect(app.logger.warnings).toEqual(['The cleanup failed: disk full']);
    run.mockRestore();
    await tick(app);
    expect(app.get(Cleanup).lastReport).toBeDefined();
    expect(app.logger.warnings).toHaveLength(1);
  });

  test('does not start anew while it runs, and is waited for when the app closes', async () => {
    const app = await start('* * * * * *');
    const cleanup = app.get(Cleanup);
    const original = cleanup.run.bind(cleanup);
    let running = 0;
    let most = 0;
    const run = vi.spyOn(cleanup, 'run').mockImplementation(async () => {
      most = Math.max(most, ++running);
      const report = await original();
      running -= 1;
      return report;
    });
    await vi.waitFor(() => expect(run).toHaveBeenCalled(), { timeout: 3_000, interval: 10 });
    await app.close();
    expect([most, running]).toEqual([1, 0]);
  });
});
