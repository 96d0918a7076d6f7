import type { Lease } from '../cache/peers.js';
import type { Clock } from '../common/clock.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import { leasedUntil, RENEW_EVERY_MS, RENEWED_FOR_MS } from './lifetimes.js';

/**
 * A lease that lasts until it is released or its process dies, or a little longer than a minute. One that is not renewed
 * runs out, and costs a load.
 */
export class RenewedLease implements Lease {
  private readonly renewing = new PeriodicTask(RENEW_EVERY_MS, () => this.renew());
  private readonly takenAt: number;

  /** @param holder as `acquire` returned it: another lease of this process on the same key is not this one. */
  constructor(
    private readonly key: string,
    private readonly holder: string,
    private readonly leases: Pick<CacheLeaseRepository, 'renew' | 'release'>,
    private readonly clock: Clock,
  ) {
    this.takenAt = clock.elapsed();
    this.renewing.start();
  }

  release(): void {
    void this.renewing.stop();
    this.leases.release(this.key, this.holder).catch(ignore);
  }

  private async renew(): Promise<void> {
    if (this.clock.elapsed() - this.takenAt > RENEWED_FOR_MS) return;
    await this.leases.renew(this.key, this.holder, leasedUntil(this.clock)).catch(ignore);
  }
}

function ignore(): void {}
