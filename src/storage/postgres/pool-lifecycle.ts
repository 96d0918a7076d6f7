import { type Clock } from '../../common/clock.js';
import { inTime } from '../../common/in-time.js';
import { ServerClock } from '../../common/server-clock.js';
import { Lifecycle } from '../lifecycle.js';
import { type PostgresConnector, type PostgresPool } from './connector.js';
import { MIGRATIONS_TABLE } from './data-source.js';

/**
 * How often the server is asked for its time, in milliseconds: clocks drift by some milliseconds a minute at the most.
 * Where this machine's is set, at once.
 */
const ASK_TIME_EVERY_MS = 30_000;

/** How long a server that one connection was lost to may take to answer on another. */
const PROBE_PATIENCE_MS = 1_000;

/** {@link Lifecycle} of a pool, of which single connections may be lost while the server goes on. */
export class PoolLifecycle extends Lifecycle<PostgresPool> {
  private nextAskAt = -Infinity;

  constructor(
    clock: Clock,
    connector: PostgresConnector,
    private readonly schema: string,
    settled: () => Promise<void>,
  ) {
    super(clock, connector, settled);
  }

  override claimCheck(): boolean {
    const now = this.clock.elapsed();
    if (!(this.clock instanceof ServerClock)) return false;
    if (now < this.nextAskAt && !this.clock.wasSet()) return false;
    this.nextAskAt = now + ASK_TIME_EVERY_MS;
    return true;
  }

  /** Takes over the server's time. A server that cannot be asked is noticed by the next query that needs it. */
  override async verify(): Promise<void> {
    const { opened } = this;
    if (opened) await this.followServer(opened).catch(() => undefined);
  }

  /**
   * Unless the server still answers, still takes writes and still has the schema: then one connection was lost, and has
   * left the pool. A schema that was dropped is made again when it is opened.
   */
  override async discard(cause: unknown): Promise<void> {
    if (!(await this.takesWrites())) await super.discard(cause);
  }

  protected override async attempt(lost?: unknown): Promise<PostgresPool> {
    const opened = await super.attempt(lost);
    await this.followServer(opened).catch(() => undefined);
    return opened;
  }

  private async followServer({ ahead }: PostgresPool): Promise<void> {
    if (!(this.clock instanceof ServerClock)) return;
    await this.clock.follow(async () => {
      const [row] = await ahead.sql.all<{ now: number }>(SERVER_TIME);
      return row!.now;
    });
  }

  private async takesWrites(): Promise<boolean> {
    const table = `"${this.schema}"."${MIGRATIONS_TABLE}"`;
    const asked =
      this.opened?.ahead.sql.all<{ isUsable: boolean }>(IS_USABLE, [table]) ?? Promise.resolve([]);
    const rows = await inTime(asked, PROBE_PATIENCE_MS, () => new Error('late')).catch(() => []);
    return rows[0]?.isUsable === true;
  }
}

/** Not that of the transaction's beginning. */
const SERVER_TIME = 'SELECT EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS now';

/** A standby only reads as well. */
const IS_USABLE = `
  SELECT current_setting('transaction_read_only') = 'off' AND to_regclass(?) IS NOT NULL AS "isUsable"`;
