import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CLEANUP_JOB_NAME, StoreUnavailableError } from '../../src/index.js';
import { alwaysOurs, type JobTurns } from '../../src/common/job-turns.js';
import { CleanupJob } from '../../src/maintenance/cleanup.job.js';
import type { Cleanup } from '../../src/maintenance/cleanup.js';
import { Gate } from '../cache/gate.js';
import { SilentLogger } from '../support/silent-logger.js';

/** A job that runs every full minute, on timers that a test moves, over a cleanup that it plays. */
function startJob(run: () => Promise<unknown> = () => Promise.resolve(), turns: JobTurns = alwaysOurs) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });
  const logger = new SilentLogger();
  Logger.overrideLogger(logger);
  const cleaning = vi.fn(run);
  const registry = new SchedulerRegistry();
  const sweeping = vi.fn();
  const cleanup = { run: cleaning, sweepMemory: sweeping } as unknown as Cleanup;
  const job = new CleanupJob(() => registry, cleanup, '* * * * *', turns);
  onTestFinished(async () => {
    await job.stop();
    vi.useRealTimers();
  });
  job.start();
  return { job, registry, cleaning, sweeping, logger };
}

const MINUTE = 60_000;

describe('the cleanup job', () => {
  test('cleans up whenever its time has come', async () => {
    const { cleaning } = startJob();
    await vi.advanceTimersByTimeAsync(MINUTE - 1);
    expect(cleaning).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(cleaning).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    expect(cleaning).toHaveBeenCalledTimes(5);
  });

  test('says so when it fails, and goes on', async () => {
    const { cleaning, logger } = startJob();
    cleaning.mockRejectedValueOnce(new Error('disk full'));
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    expect(logger.warnings).toEqual(['The cleanup failed: disk full']);
    expect(cleaning).toHaveBeenCalledTimes(3);
  });

  test('says nothing while the file is out, which was said when it went', async () => {
    const { cleaning, logger } = startJob(() => Promise.reject(new StoreUnavailableError('gone')));
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    expect(cleaning).toHaveBeenCalledTimes(3);
    expect(logger.warnings).toEqual([]);
  });

  test.each(['theirs', 'unknown'] as const)(
    'leaves the store to other processes and sweeps its own memory when the turn is %s',
    async (turn) => {
      const claim = vi.fn<JobTurns['claim']>().mockResolvedValue(turn);
      const { cleaning, sweeping } = startJob(undefined, { ...alwaysOurs, claim });
      await vi.advanceTimersByTimeAsync(3 * MINUTE);
      expect([cleaning.mock.calls.length, sweeping.mock.calls.length]).toEqual([0, 3]);
      expect(claim).toHaveBeenLastCalledWith('cleanup', MINUTE);
    },
  );

  test('hands its turn on when it fails', async () => {
    const handOn = vi.fn();
    const { cleaning } = startJob(() => Promise.reject(new Error('disk full')), { ...alwaysOurs, handOn });
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(cleaning).toHaveBeenCalledTimes(1);
    expect(handOn).toHaveBeenCalledExactlyOnceWith('cleanup');
  });

  test('does not start anew while it runs', async () => {
    const gate = new Gate();
    gate.close();
    const { cleaning } = startJob(() => gate.pass());
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    expect(cleaning).toHaveBeenCalledTimes(1);
    gate.open();
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(cleaning).toHaveBeenCalledTimes(2);
  });

  test('is waited for when the app closes, and is gone from the registry then', async () => {
    const gate = new Gate();
    gate.close();
    let isDone = false;
    const { job, registry } = startJob(() => gate.pass().then(() => (isDone = true)));
    await vi.advanceTimersByTimeAsync(MINUTE);
    const stopping = job.stop().then(() => isDone);
    gate.open();
    // `cron` looks every 100 ms whether the job is done.
    await vi.advanceTimersByTimeAsync(100);
    expect(await stopping).toBe(true);
    expect(registry.doesExist('cron', CLEANUP_JOB_NAME)).toBe(false);
    await job.stop();
  });
});
