import type { Clock } from '../common/clock.js';
import type { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import type { MemoryTier } from './memory-tier.js';
import { whileStoreIsOut } from './while-store-is-out.js';

export interface CacheStats {
  /** Entries in the file; in memory, while the file cannot be used. */
  totalEntries: number;
  /** Those within their TTL. */
  activeEntries: number;
  /** Those past their TTL that the cleanup has not removed yet. */
  expiredEntries: number;
  /** Bytes of their payloads. */
  totalBytes: number;
  /** Entries and bytes in the memory of this process. */
  memoryEntries: number;
  memoryBytes: number;
}

type EntryCounts = Pick<CacheStats, 'totalEntries' | 'activeEntries' | 'expiredEntries' | 'totalBytes'>;

/** What the cache holds now; counted in memory while the file cannot be used. */
export class CacheStatistics {
  constructor(
    private readonly entries: CacheEntryRepository,
    private readonly memory: MemoryTier,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<CacheStats> {
    const now = this.clock.now();
    const counts = await this.entries.counts(now).catch(whileStoreIsOut(() => this.countMemory(now)));
    const { entries, bytes } = this.memory.size;
    return { ...counts, memoryEntries: entries, memoryBytes: bytes };
  }

  /** The companies with live entries, those that the file could not take included. */
  async companyIds(): Promise<string[]> {
    const now = this.clock.now();
    const fromStore = await this.entries.liveCompanyIds(now).catch(whileStoreIsOut((): string[] => []));
    return [...new Set([...fromStore, ...this.companiesInMemory(now)])].sort();
  }

  private countMemory(now: number): EntryCounts {
    const all = [...this.memory.entries()];
    const active = all.filter((entry) => now < entry.expiresAt).length;
    return {
      totalEntries: all.length,
      activeEntries: active,
      expiredEntries: all.length - active,
      totalBytes: this.memory.size.bytes,
    };
  }

  private companiesInMemory(now: number): string[] {
    const live = [...this.memory.entries()].filter((entry) => now < entry.expiresAt);
    return live.flatMap(({ companyId }) => (companyId === null ? [] : [companyId]));
  }
}
