import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { describe, expect, it } from 'vitest';
import { WARM_UP_JOB_NAME, WarmUpService } from '../../src/index.js';
import { WarmUpSchedule } from '../../src/warm-up/warm-up-schedule.js';
import { startCacheApp } from '../module/cache-app.js';
import { ROBOT, startBooksApp } from './books-app.js';

describe('the warm-up job', () => {
  it('runs by its cron, in the registry of the app', async () => {
    const app = await startBooksApp('express', {
      imports: [ScheduleModule.forRoot()],
      warmUp: { identify: () => ROBOT, cron: '0 6 1 * *' },
    });
    await app.ask('rates');
    app.expire();
    const job = app.app.get(SchedulerRegistry).getCronJob(WARM_UP_JOB_NAME);
    expect(String(job.cronTime.source)).toBe('0 6 1 * *');
    await job.fireOnTick();

    expect(app.warmUp.progress().last).toMatchObject({ cause: 'cron', end: 'completed', warmed: 1 });
  });

  it('goes with the app, also while it runs', async () => {
    const app = await startBooksApp('express', {
      imports: [ScheduleModule.forRoot()],
      warmUp: { identify: () => ROBOT, cron: '0 6 1 * *' },
    });
    await app.ask('rates');
    app.expire();
    app.books.gate = new Promise(() => undefined);
    const registry = app.app.get(SchedulerRegistry);
    const job = registry.getCronJob(WARM_UP_JOB_NAME);
    void job.fireOnTick();
    await expect.poll(() => app.books.runs).toHaveLength(1);
    await app.app.close();

    expect([...registry.getCronJobs().keys()]).toEqual([]);
    expect(app.warmUp.progress().last).toMatchObject({ end: 'cancelled' });
  });

  it('begins nothing that the end of the app would not end', async () => {
    const app = await startBooksApp('express', {
      imports: [ScheduleModule.forRoot()],
      warmUp: { identify: () => ROBOT, cron: '0 6 1 * *' },
    });
    await app.ask('rates');
    app.expire();
    const schedule = app.app.get(WarmUpSchedule, { strict: false });
    await schedule.stop();

    expect(await app.warmUp.run()).toMatchObject({ end: 'cancelled' });
    app.warmUp.cancel();
    expect(await app.warmUp.run()).toMatchObject({ end: 'cancelled' });
    expect(app.books.runs).toEqual([]);
  });

  it('is there only where there is a time for it', async () => {
    const app = await startBooksApp('express', { imports: [ScheduleModule.forRoot()] });
    expect(app.app.get(SchedulerRegistry).doesExist('cron', WARM_UP_JOB_NAME)).toBe(false);
  });
});

describe('the service', () => {
  it('refuses to warm up where the option is not given, and says so', async () => {
    const service = (await startCacheApp()).get(WarmUpService);
    await expect(service.run()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('"warmUp"') as string,
    });
    expect(service.progress()).toEqual({ enabled: false, running: null, last: null });
  });

  it.each([
    [{ companyId: 1.5 }, 'companyId'],
    [{ type: '' }, 'type'],
    [{ key: 7 as never }, 'key'],
  ])('refuses the selection %j by name', async (selection, name) => {
    const service = (await startCacheApp({ cache: { warmUp: {} } })).get(WarmUpService);
    await expect(service.run(selection)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^${name} `)) as string,
    });
  });

  it('finds nothing to ask for in an app without HTTP', async () => {
    const service = (await startCacheApp({ cache: { warmUp: {} } })).get(WarmUpService);
    expect(await service.run()).toMatchObject({ end: 'completed', planned: 0 });
  });

  it('ends as failed when the file is out, and the app goes on', async () => {
    const app = await startBooksApp('express');
    await app.ask('rates');
    await app.change('DROP TABLE warm_up_requests');
    expect(await app.warmUp.run()).toMatchObject({ end: 'failed' });
    expect(await app.ask('rates')).toMatchObject({ status: 200, xCache: 'HIT' });
  });
});
