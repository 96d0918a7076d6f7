import type { Claim, LeaseFollower, Peers } from '../cache/peers.js';
import { CircuitBreaker } from '../cache/circuit-breaker.js';
import type { Clock } from '../common/clock.js';
import type { EntrySelector } from '../common/entry-selector.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { CacheLeaseRepository, LeaseState } from '../storage/repositories/cache-lease.repository.js';
import { leasedUntil } from './lifetimes.js';
import type { PeerWatch } from './peer-watch.js';
import type { ReleaseNews } from './release-news.js';
import { RenewedLease } from './renewed-lease.js';

/** The processes that share one store; they agree by rows of its tables. */
export class StoreSharingPeers implements Peers {
  private readonly breaker: CircuitBreaker;

  /** @param timeoutMs how long a claim may take; without an answer by then the load goes on without a lease. */
  constructor(
    private readonly watch: PeerWatch,
    private readonly leases: CacheLeaseRepository,
    private readonly releases: ReleaseNews,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    this.breaker = new CircuitBreaker(clock);
  }

  get present(): boolean {
    return this.watch.otherProcesses > 0;
  }

  get mayBeLoading(): boolean {
    return this.watch.othersMayBeThere;
  }

  get known(): number {
    return this.watch.known;
  }

  get inSight(): boolean {
    return this.watch.inSight;
  }

  get storeIsBehind(): boolean {
    return this.watch.storeIsBehind;
  }

  onDrop(listener: (selector: EntrySelector) => void): void {
    this.watch.onDrop(listener);
  }

  async claim(key: string): Promise<Claim> {
    if (!this.breaker.admits()) return 'none';
    const claiming = this.acquire(key);
    try {
      const claim = await inTime(claiming, this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs));
      this.breaker.succeeded();
      return claim;
    } catch {
      this.breaker.failed();
      claiming.then(giveBack, ignore);
      return 'none';
    }
  }

  catchUp(): Promise<void> {
    return inTime(this.watch.catchUp(), this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs)).catch(
      ignore,
    );
  }

  follow(key: string): LeaseFollower {
    return this.releases.follow(key);
  }

  leaseOf(key: string): Promise<LeaseState> {
    const looking = this.leases.stateOf(key, this.clock.now());
    return inTime(looking, this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs)).catch(() => 'free');
  }

  private async acquire(key: string): Promise<Claim> {
    const holder = await this.leases.acquire(key, this.clock.now(), leasedUntil(this.clock));
    if (holder === undefined) return 'held';
    return new RenewedLease(key, holder, this.leases, this.clock);
  }
}

/** Nobody loads on a lease that came too late. */
function giveBack(claim: Claim): void {
  if (typeof claim === 'object') claim.release();
}

function ignore(): void {}
