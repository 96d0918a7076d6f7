import type { Provider } from '@nestjs/common';
import { FileSharingPeers } from '../cluster/file-sharing-peers.js';
import { Heartbeat } from '../cluster/heartbeat.js';
import { InvalidationLog } from '../cluster/invalidation-log.js';
import { PeerWatch } from '../cluster/peer-watch.js';
import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { CacheInvalidationRepository } from '../storage/repositories/cache-invalidation.repository.js';
import { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import { CacheProcessRepository } from '../storage/repositories/cache-process.repository.js';

export const clusterProviders: Provider[] = [
  {
    provide: PeerWatch,
    inject: [CacheProcessRepository, CacheInvalidationRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (
      processes: CacheProcessRepository,
      invalidations: CacheInvalidationRepository,
      clock: Clock,
      options: ResolvedOptions,
    ) => new PeerWatch(processes, invalidations, clock, options.processes.pollEveryMs),
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
    provide: FileSharingPeers,
    inject: [PeerWatch, CacheLeaseRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (watch: PeerWatch, leases: CacheLeaseRepository, clock: Clock, options: ResolvedOptions) =>
      new FileSharingPeers(watch, leases, clock, options.storeTimeoutMs),
  },
];
