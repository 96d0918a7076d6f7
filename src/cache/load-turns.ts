import type { FetchRequest } from './fetch-request.js';
import type { MissReason, Outcome, StoredOutcome } from './outcome.js';
import type { Claim, Lease, LeaseFollower, Peers } from './peers.js';
import type { SourceLoader } from './source-loader.js';
import type { TierReader } from './tier-reader.js';

/**
 * Lets one of the processes that share the store load a key, while the others wait for what it stores. A process that
 * is alone loads at once.
 */
export class LoadTurns {
  /** Keys whose lease is being asked for on behalf of nobody. */
  private readonly claiming = new Set<string>();

  constructor(
    private readonly peers: Peers,
    private readonly reader: TierReader,
    private readonly loader: SourceLoader,
  ) {}

  /** What the source brings, or what another process stored. */
  load<T>(request: FetchRequest<T>, reason: MissReason): Promise<Outcome<T>> {
    return this.peers.present ? this.loadInTurn(request, reason) : this.loader.load(request, reason);
  }

  /** A load that nobody waits for, before its time. Where somebody is at it, here or in another process, there is none. */
  async loadBehind<T>(request: FetchRequest<T>, reason: MissReason): Promise<void> {
    const { key } = request.target;
    if (this.loader.isLoading(key)) return;
    const claim = this.peers.present ? await this.claimBehind(key) : 'none';
    if (claim === 'held') return;
    try {
      await this.loader.load(request, reason);
    } finally {
      if (claim !== 'none') this.releaseBehindFills(claim);
    }
  }

  private async claimBehind(key: string): Promise<Claim> {
    if (this.claiming.has(key)) return 'held';
    this.claiming.add(key);
    try {
      return await this.peers.claim(key);
    } finally {
      this.claiming.delete(key);
    }
  }

  private async loadInTurn<T>(request: FetchRequest<T>, reason: MissReason): Promise<Outcome<T>> {
    const { key } = request.target;
    const follower = this.peers.follow(key);
    try {
      const claim = await this.peers.claim(key);
      if (claim === 'none') return await this.loader.load(request, reason);
      if (claim === 'held') return await this.waitForHolder(request, reason, follower);
      return await this.loadOnLease(request, reason, claim);
    } finally {
      follower.end();
    }
  }

  /** Looks once more: another process may have stored it and given its lease back before this one got it. */
  private async loadOnLease<T>(
    request: FetchRequest<T>,
    reason: MissReason,
    lease: Lease,
  ): Promise<Outcome<T>> {
    try {
      const [stored] = await Promise.all([this.stored(request), this.peers.catchUp()]);
      return stored ?? (await this.loader.load(request, reason));
    } finally {
      this.releaseBehindFills(lease);
    }
  }

  /** An answer that is still being compressed is queued before its lease ends. */
  private releaseBehindFills(lease: Lease): void {
    void this.loader.fillsQueued().then(() => lease.release());
  }

  /**
   * A lease that ended without an answer was for one that is not stored: then everybody loads, and not one after the
   * other. One that expired was that of a process that died: one of those who wait takes over.
   */
  private async waitForHolder<T>(
    request: FetchRequest<T>,
    reason: MissReason,
    follower: LeaseFollower,
  ): Promise<Outcome<T>> {
    for (;;) {
      await follower.news();
      const stored = await this.stored(request);
      if (stored !== undefined) return stored;
      const lease = await this.peers.leaseOf(request.target.key);
      // Once more, for an answer is stored before its lease ends.
      if (lease === 'free') return (await this.stored(request)) ?? this.loader.load(request, reason);
      if (lease === 'expired') return this.loadInTurn(request, reason);
    }
  }

  private async stored<T>({ target, codec }: FetchRequest<T>): Promise<StoredOutcome<T> | undefined> {
    const found = await this.reader.inStore(target.key, codec);
    return 'status' in found ? undefined : found.outcome;
  }
}
