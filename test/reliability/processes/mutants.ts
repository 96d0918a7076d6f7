import { FileSharingPeers } from '../../../src/cluster/file-sharing-peers.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';

/** Builds that are broken on purpose; each takes away what one promise stands on. */
export const MUTANTS = {
  'no lease': () => {
    FileSharingPeers.prototype.claim = () => Promise.resolve('none');
  },
  'no cross-process generation': () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the repository it belongs to
    const { put } = CacheEntryRepository.prototype;
    CacheEntryRepository.prototype.put = function (entry) {
      return put.call(this, entry);
    };
  },
} as const satisfies Record<string, () => void>;

export type Mutant = keyof typeof MUTANTS;
