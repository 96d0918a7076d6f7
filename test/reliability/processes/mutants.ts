import { CircuitBreaker } from '../../../src/cache/circuit-breaker.js';
import { PeerWatch } from '../../../src/cluster/peer-watch.js';
import { StoreSharingPeers } from '../../../src/cluster/store-sharing-peers.js';

import { PostgresNoticeChannel } from '../../../src/storage/postgres/notice-channel.js';
import { PostgresConnection } from '../../../src/storage/postgres/postgres-connection.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';

/** Builds that are broken on purpose; each takes away what one promise stands on. */
export const MUTANTS = {
  'no lease': () => {
    StoreSharingPeers.prototype.claim = () => Promise.resolve('none');
  },
  'no cross-process generation': () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the repository it belongs to
    const { put } = CacheEntryRepository.prototype;
    CacheEntryRepository.prototype.put = function (entry) {
      return put.call(this, entry);
    };
  },
  'no lock around drops': () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the connection it belongs to
    const { begin } = PostgresConnection.prototype;
    PostgresConnection.prototype.begin = async function (lock, mayBeLost) {
      await begin.call(this, 'none', mayBeLost);
      Object.assign(this, { held: lock });
    };
  },
  'no time to make up for drops': () => {
    Object.defineProperty(PeerWatch.prototype, 'storeIsBehind', { get: () => false });
  },
  'no breaker': () => {
    CircuitBreaker.prototype.admits = () => true;
  },
  'no notices': () => {
    PostgresNoticeChannel.prototype.start = () => undefined;
  },
  'no word from others': () => {
    PeerWatch.prototype.onDrop = () => undefined;
    MUTANTS['no bound']();
  },
  'no bound': () => {
    Object.defineProperty(PeerWatch.prototype, 'inSight', { get: () => true });
  },
} as const satisfies Record<string, () => void>;

export type Mutant = keyof typeof MUTANTS;
