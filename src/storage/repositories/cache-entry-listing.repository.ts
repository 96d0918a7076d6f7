import { type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';
import { CacheEntryTag } from '../entities/cache-entry-tag.entity.js';
import { CacheEntry } from '../entities/cache-entry.entity.js';

/** What a list of entries can be ordered by; the largest first, keys from A on. */
export const ENTRY_ORDERS = ['created', 'accessed', 'expires', 'hits', 'size', 'load', 'key'] as const;
export type EntryOrder = (typeof ENTRY_ORDERS)[number];

/** How many entries a selector selects, expired ones included, and the bytes of their payloads. */
export interface EntrySum {
  readonly entries: number;
  readonly bytes: number;
}

export interface TypeSum extends EntrySum {
  readonly type: string;
  readonly hits: number;
}

const COLUMNS: Record<EntryOrder, keyof CacheEntry> = {
  created: 'createdAt',
  accessed: 'lastAccessed',
  expires: 'expiresAt',
  hits: 'hitCount',
  size: 'byteSize',
  load: 'loadMs',
  key: 'cacheKey',
};

/** Lists and sums entries without their payloads. For people and tools: it scans, on the read connection. */
export class CacheEntryListing {
  constructor(private readonly database: Database) {}

  /** At most `limit`. */
  list(selector: EntrySelector, order: EntryOrder, limit: number): Promise<CacheEntry[]> {
    return this.database.survey((manager) =>
      selected(manager, selector)
        .orderBy(`entry.${COLUMNS[order]}`, order === 'key' ? 'ASC' : 'DESC')
        .addOrderBy('entry.cacheKey', 'ASC')
        .limit(limit)
        .getMany(),
    );
  }

  /** When the entries of these keys were stored, in epoch milliseconds; without those that are not there. */
  async storedAt(keys: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.survey((manager) =>
      manager.find(CacheEntry, {
        select: { cacheKey: true, createdAt: true },
        where: { cacheKey: In([...keys]) },
      }),
    );
    return new Map(rows.map(({ cacheKey, createdAt }) => [cacheKey, createdAt]));
  }

  async sum(selector: EntrySelector): Promise<EntrySum> {
    const row = await this.database.survey((manager) =>
      selected(manager, selector)
        .select('COUNT(*)', 'entries')
        .addSelect('COALESCE(SUM(entry.byteSize), 0)', 'bytes')
        .getRawOne<EntrySum>(),
    );
    return { entries: Number(row?.entries), bytes: Number(row?.bytes) };
  }

  /** Every type that has entries, the heaviest first. */
  async sumByType(): Promise<TypeSum[]> {
    const rows = await this.database.survey((manager) =>
      manager
        .createQueryBuilder(CacheEntry, 'entry')
        .select('entry.cacheType', 'type')
        .addSelect('COUNT(*)', 'entries')
        .addSelect('SUM(entry.byteSize)', 'bytes')
        .addSelect('SUM(entry.hitCount)', 'hits')
        .groupBy('entry.cacheType')
        .orderBy('SUM(entry.byteSize)', 'DESC')
        .addOrderBy('entry.cacheType', 'ASC')
        .getRawMany<TypeSum>(),
    );
    return rows.map(({ type, entries, bytes, hits }) => ({
      type,
      entries: Number(entries),
      bytes: Number(bytes),
      hits: Number(hits),
    }));
  }
}

function selected(manager: EntityManager, selector: EntrySelector): SelectQueryBuilder<CacheEntry> {
  const query = manager.createQueryBuilder(CacheEntry, 'entry');
  const { key, type, companyId, username, tags, storedUpTo } = selector;
  if (key !== undefined) query.andWhere('entry.cacheKey = :key', { key });
  if (type !== undefined) query.andWhere('entry.cacheType = :type', { type });
  if (companyId !== undefined) query.andWhere('entry.companyId = :companyId', { companyId });
  if (username !== undefined) query.andWhere('entry.username = :username', { username });
  if (storedUpTo !== undefined) query.andWhere('entry.createdAt <= :storedUpTo', { storedUpTo });
  if (tags !== undefined) query.andWhere(`entry.cacheKey IN ${tagged(query)}`, { tags });
  return query;
}

function tagged(query: SelectQueryBuilder<CacheEntry>): string {
  return query
    .subQuery()
    .select('tag.cacheKey')
    .from(CacheEntryTag, 'tag')
    .where('tag.tag IN (:...tags)')
    .getQuery();
}
