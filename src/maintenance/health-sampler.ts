import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { JobTurns } from '../common/job-turns.js';
import { JOB_TURNS, REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import type { CacheHealthSample } from '../storage/entities/cache-health-sample.entity.js';
import { CacheHealthRepository } from '../storage/repositories/cache-health.repository.js';
import { CacheStatusService, HISTORY_MS, type CacheStatus } from './cache-status.service.js';

/** The interval of the samples, in milliseconds. */
export const SAMPLE_EVERY_MS = 5 * 60_000;

/** The job's name among the processes that share the store. */
const TURN = 'health-samples';

/** A day of outage; older samples are lost. */
const MAX_WAITING = 288;

/** Notes from time to time how the cache is, for the series of the dashboard. */
@Injectable()
export class HealthSampler {
  /** Taken while the store was out. */
  private waiting: CacheHealthSample[] = [];

  constructor(
    private readonly status: CacheStatusService,
    private readonly samples: CacheHealthRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
    @Inject(JOB_TURNS) private readonly turns: JobTurns,
  ) {}

  /** {@link sample}, unless another process does it for all: each would write the same row. @throws as that. */
  async sampleInTurn(): Promise<void> {
    if ((await this.turns.claim(TURN, SAMPLE_EVERY_MS)) !== 'theirs') await this.sample();
  }

  /** @throws what the store throws; the sample is kept for the next time. */
  async sample(): Promise<void> {
    const now = this.clock.now();
    const sampledAt = Math.floor(now / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS;
    this.waiting = [...this.waiting, toSample(sampledAt, await this.status.read())].slice(-MAX_WAITING);
    const batch = this.waiting;
    await this.samples.append(batch, now - HISTORY_MS);
    this.waiting = this.waiting.filter((sample) => !batch.includes(sample));
  }
}

function toSample(sampledAt: number, status: CacheStatus): CacheHealthSample {
  const { state, watermarks, totalEntries, totalBytes, databaseBytes, walBytes } = status;
  const isOpen = state === 'open';
  return {
    sampledAt,
    storeOk: isOpen,
    watermarkOk: watermarks.state === 'off' ? null : watermarks.state === 'ok',
    entries: isOpen ? totalEntries : null,
    entryBytes: isOpen ? totalBytes : null,
    databaseBytes,
    walBytes,
  };
}
