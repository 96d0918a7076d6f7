import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import { InvalidArgumentError } from '../common/errors.js';
import { requireText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import {
  CacheEntryListRepository,
  type HeldByType,
  type HeldEntries,
  type ListedEntry,
} from '../storage/repositories/cache-entry-list.repository.js';
import { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import { ENTRY_SORTS, type EntrySort } from '../storage/repositories/cache-entry-list.sql.js';

/** Which entries to list; those that meet all conditions given. */
export interface EntrySearch {
  type?: string;
  companyId?: CompanyId;
  tag?: string;
  /** Part of the key, 1 to 200 characters; ASCII letters match in both cases. */
  text?: string;
  /** Default `'accessed'`. */
  sort?: EntrySort;
  /** Default `'desc'`. */
  order?: 'asc' | 'desc';
  /** Entries of a page, at most 200. Default 50. */
  limit?: number;
  /** `next` of the page before, of a search with the same conditions and order. */
  after?: string;
}

/** What is known of an entry without reading its payload. */
export interface FoundEntry extends ListedEntry {
  /** `'grace'`: expired, and still served when the source fails. */
  readonly state: 'fresh' | 'grace' | 'expired';
}

export interface FoundEntries {
  entries: FoundEntry[];
  /** For the next page; `null`: this is the last. */
  next: string | null;
}

const MAX_LIMIT = 200;

const MAX_KEY_LENGTH = 2_048;

/**
 * Looks at the entries of the file, for people: memory may have some that the file could not take.
 *
 * Every method rejects with what the store throws, and with {@link InvalidArgumentError}, naming the argument.
 */
@Injectable()
export class EntrySearchService {
  constructor(
    private readonly list: CacheEntryListRepository,
    private readonly entries: CacheEntryRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /** One page. Looks at every row of the file: some ten milliseconds for a hundred thousand. */
  async search(search: EntrySearch = {}): Promise<FoundEntries> {
    const sort = requireSort(search.sort ?? 'accessed');
    const limit = requireLimit(search.limit ?? 50);
    const found = await this.list.list({
      type: optional(search.type, (type) => requireText(type, 'type')),
      companyId: optional(search.companyId, (companyId) => requireCompanyId(companyId, 'companyId')),
      tags: optional(search.tag, (tag) => [requireText(tag, 'tag')]),
      text: optional(search.text, (text) => requireText(text, 'text')),
      after: optional(search.after, (after) => readCursor(after, sort)),
      order: search.order === 'asc' ? 'asc' : 'desc',
      limit: limit + 1,
      sort,
    });
    const entries = found.slice(0, limit).map((entry) => this.toFound(entry));
    const last = found.length > limit ? entries.at(-1) : undefined;
    return { entries, next: last === undefined ? null : toCursor(last, sort) };
  }

  /** One entry; `undefined` when it is not there. */
  async find(key: string): Promise<FoundEntry | undefined> {
    const found = await this.list.find(requireText(key, 'key', MAX_KEY_LENGTH));
    return found && this.toFound(found);
  }

  /** What an entry holds, as it is stored; `undefined` when it is not there or damaged. */
  async payload(key: string): Promise<{ format: string; bytes: Buffer } | undefined> {
    const found = await this.entries.find(requireText(key, 'key', MAX_KEY_LENGTH));
    return typeof found === 'string' ? undefined : { format: found.format, bytes: found.bytes };
  }

  /** Entries, bytes, hits and the longest TTL of each type. Looks at every row. */
  sizesByType(): Promise<Map<string, HeldByType>> {
    return this.list.sizesByType();
  }

  /** Entries and bytes of each company, from counters. */
  sizesByCompany(): Promise<Map<string, HeldEntries>> {
    return this.list.sizesByCompany();
  }

  private toFound(entry: ListedEntry): FoundEntry {
    const now = this.clock.now();
    const isInGrace = now < entry.graceUntil;
    return { ...entry, state: now < entry.expiresAt ? 'fresh' : isInGrace ? 'grace' : 'expired' };
  }
}

/** The field that each sort goes by. */
const SORTED_BY = {
  created: 'createdAt',
  accessed: 'lastAccessedAt',
  expires: 'expiresAt',
  hits: 'hits',
  size: 'byteSize',
  load: 'loadMs',
  key: 'key',
} as const satisfies Record<EntrySort, keyof ListedEntry>;

function toCursor(entry: ListedEntry, sort: EntrySort): string {
  return Buffer.from(JSON.stringify([sort, entry[SORTED_BY[sort]], entry.key])).toString('base64url');
}

function readCursor(cursor: unknown, sort: EntrySort): [number | string, string] {
  const [ofSort, value, key] = parseCursor(cursor);
  const isOfType = sort === 'key' ? typeof value === 'string' : Number.isFinite(value);
  if (ofSort === sort && isOfType && typeof key === 'string') return [value as number | string, key];
  throw new InvalidArgumentError('after must be `next` of a page of the same sort');
}

function parseCursor(cursor: unknown): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(String(cursor), 'base64url').toString());
    return Array.isArray(parsed) ? (parsed as unknown[]) : [];
  } catch {
    return [];
  }
}

function requireSort(sort: unknown): EntrySort {
  if (typeof sort === 'string' && Object.hasOwn(ENTRY_SORTS, sort)) return sort as EntrySort;
  throw new InvalidArgumentError(`sort must be one of ${Object.keys(ENTRY_SORTS).join(', ')}`);
}

function requireLimit(limit: unknown): number {
  if (Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= MAX_LIMIT)
    return limit as number;
  throw new InvalidArgumentError(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
}

function optional<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value);
}
