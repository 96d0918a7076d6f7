import type { Provider } from '@nestjs/common';
import { Heartbeat } from '../cluster/heartbeat.js';
import { InvalidationLog } from '../cluster/invalidation-log.js';
import { LeasedJobs } from '../cluster/leased-jobs.js';
import { PeerWatch, type WatchBounds } from '../cluster/peer-watch.js';
import { ReleaseNews } from '../cluster/release-news.js';
import { StoreSharingPeers } from '../cluster/store-sharing-peers.js';
import type { Clock } from '../common/clock.js';
import { noNotices, type NoticeChannel } from '../common/notice-channel.js';
import type { ResolvedOptions } from '../common/options.js';
import { JOB_TURNS, NOTICE_CHANNEL, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { Database } from '../storage/database.js';
import { postgresNotices } from '../storage/postgres/postgres-notices.js';
import { CacheInvalidationRepository } from '../storage/repositories/cache-invalidation.repository.js';
import { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import { CacheProcessRepository } from '../storage/repositories/cache-process.repository.js';

export const clusterProviders: Provider[] = [
  { provide: NOTICE_CHANNEL, inject: [Database, REPORTS_CACHE_OPTIONS], useFactory: noticeChannel },
  {
    provide: PeerWatch,
    inject: [
      CacheProcessRepository,
      CacheInvalidationRepository,
      REPORTS_CACHE_CLOCK,
      REPORTS_CACHE_OPTIONS,
      NOTICE_CHANNEL,
    ],
    useFactory: (
      processes: CacheProcessRepository,
      invalidations: CacheInvalidationRepository,
      clock: Clock,
      options: ResolvedOptions,
      channel: NoticeChannel,
    ) => new PeerWatch(processes, invalidations, clock, watchBounds(options), channel),
  },
  {
    provide: InvalidationLog,
    inject: [CacheInvalidationRepository],
    useFactory: (invalidations: CacheInvalidationRepository) => new InvalidationLog(invalidations),
  },
  {
    provide: Heartbeat,
    inject: [CacheProcessRepository, CacheInvalidationRepository, CacheLeaseRepository, REPORTS_CACHE_CLOCK],
    useFactory: (...parts: ConstructorParameters<typeof Heartbeat>) => new Heartbeat(...parts),
  },
  {
    provide: ReleaseNews,
    inject: [NOTICE_CHANNEL],
    useFactory: (channel: NoticeChannel) => new ReleaseNews(channel),
  },
  {
    provide: StoreSharingPeers,
    inject: [PeerWatch, CacheLeaseRepository, ReleaseNews, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (
      watch: PeerWatch,
      leases: CacheLeaseRepository,
      releases: ReleaseNews,
      clock: Clock,
      options: ResolvedOptions,
    ) => new StoreSharingPeers(watch, leases, releases, clock, options.storeTimeoutMs),
  },
  {
    provide: JOB_TURNS,
    inject: [PeerWatch, CacheLeaseRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (watch: PeerWatch, leases: CacheLeaseRepository, clock: Clock, options: ResolvedOptions) =>
      new LeasedJobs(watch, leases, clock, options.storeTimeoutMs),
  },
];

function watchBounds({ processes, database }: ResolvedOptions): WatchBounds {
  return { ...processes, othersMayCome: database.type === 'postgres' };
}

function noticeChannel(database: Database, options: ResolvedOptions): NoticeChannel {
  return options.database.type === 'postgres' ? postgresNotices(options.database, database) : noNotices;
}
