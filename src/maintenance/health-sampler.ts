import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import type { CacheHealthSample } from '../storage/entities/cache-health-sample.entity.js';
import { CacheHealthRepository } from '../storage/repositories/cache-health.repository.js';
import { CacheStatusService, HISTORY_MS, type CacheStatus } from './cache-status.service.js';

/** The interval of the samples, in milliseconds. */
export const SAMPLE_EVERY_MS = 5 * 60_000;

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
  ) {}

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
