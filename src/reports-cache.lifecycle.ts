import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { attempt } from './assembly/attempts.js';
import { BACKGROUND_WORK, type BackgroundWork } from './assembly/background-work.js';
import { PendingWrites } from './assembly/pending-writes.js';
import { SharedKnowledge } from './assembly/shared-knowledge.js';
import { ReportCache } from './cache/report-cache.js';
import { ShadowChecks } from './cache/shadow-checks.js';
import { Heartbeat } from './cluster/heartbeat.js';
import { PeerWatch } from './cluster/peer-watch.js';
import { inTime } from './common/in-time.js';
import { ModuleLogger } from './common/module-logger.js';
import { openShortcut } from './http/interceptor-shortcut.js';
import { RoutePlans } from './http/route-plans.js';
import { Database } from './storage/database.js';
import { OpenTelemetry } from './telemetry/open-telemetry.js';
import { TypeLabels } from './telemetry/type-labels.js';
import { WarmUpSchedule } from './warm-up/warm-up-schedule.js';

/** How long a store that does not answer may hold up the end of the app, in milliseconds. */
const LAST_WRITES_MS = 5_000;

/** What starts and stops with the app, in the order it must. */
@Injectable()
export class ReportsCacheLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly logger = new ModuleLogger();

  constructor(
    private readonly database: Database,
    private readonly plans: RoutePlans,
    private readonly cache: ReportCache,
    private readonly peers: PeerWatch,
    private readonly heartbeat: Heartbeat,
    private readonly shadow: ShadowChecks,
    private readonly openTelemetry: OpenTelemetry,
    private readonly typeLabels: TypeLabels,
    private readonly warmUp: WarmUpSchedule,
    private readonly knowledge: SharedKnowledge,
    private readonly pending: PendingWrites,
    @Inject(BACKGROUND_WORK) private readonly background: readonly BackgroundWork[],
  ) {}

  async onModuleInit(): Promise<void> {
    this.plans.checkAll();
    this.typeLabels.reserve(this.plans.types());
    await this.openTelemetry.start();
    await openShortcut();
    await this.peers.catchUp();
    await this.knowledge.read();
  }

  onApplicationBootstrap(): void {
    this.peers.start();
    this.heartbeat.start();
    for (const work of this.background) work.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.background.map(async (work) => work.stop()));
  }

  /**
   * Last of all hooks: requests that were under way have been answered by now. A store that hangs is left behind: whoever
   * stops the app would otherwise kill it, and with it what the app itself has still to do.
   */
  async onApplicationShutdown(): Promise<void> {
    this.shadow.stop();
    this.openTelemetry.stop();
    await inTime(this.writeAndClose(), LAST_WRITES_MS, () => new Error('late')).catch(() =>
      this.warnOfLoss(),
    );
  }

  private async writeAndClose(): Promise<void> {
    await this.heartbeat.stop();
    await this.cache.fillsQueued();
    await Promise.all([
      this.pending.flush(),
      attempt('write what was asked', () => this.warmUp.flush()),
      this.peers.stop(),
    ]);
    await this.database.close();
  }

  private warnOfLoss(): void {
    this.logger.warn(
      `The cache's database did not take its last writes within ${LAST_WRITES_MS / 1_000} s; the app ends without them`,
    );
  }
}
