import { type EntityManager, type EntityTarget, In, MoreThan } from 'typeorm';
import { type Database } from '../database.js';
import { CacheConfigEntry } from '../entities/cache-config-entry.entity.js';
import { CacheWatermark } from '../entities/cache-watermark.entity.js';
import { QueryBenchmark } from '../entities/query-benchmark.entity.js';
import { SchemaMapping } from '../entities/schema-mapping.entity.js';
import { UserCacheSetting } from '../entities/user-cache-setting.entity.js';

/** A row by the names of its entity's fields. */
export type PermanentRow = Readonly<Record<string, string | number | boolean>>;

/** A table whose rows no source can bring back. */
interface PermanentTable {
  readonly entity: EntityTarget<PermanentRow>;
  readonly key: string;
  /** Epoch milliseconds of the row's last change. */
  readonly changedAt: string;
}

const TABLES = {
  watermark: table(CacheWatermark, 'companyId', 'checkedAt'),
  mapping: table(SchemaMapping, 'companyId', 'lastVerified'),
  setting: table(UserCacheSetting, 'username', 'updatedAt'),
  config: table(CacheConfigEntry, 'key', 'updatedAt'),
  benchmark: table(QueryBenchmark, 'cacheType', 'lastUpdated'),
} satisfies Record<string, PermanentTable>;

export type PermanentKind = keyof typeof TABLES;

/**
 * Watermarks first: entries that are read after them are as new or newer, and those made from other books are found out
 * when the books are asked.
 */
export const PERMANENT_KINDS = Object.keys(TABLES) as PermanentKind[];

/** Reads and writes whole rows of the tables that outlive every entry, times included. For tools that carry them over. */
export class PermanentRowsRepository {
  constructor(private readonly database: Database) {}

  count(kind: PermanentKind): Promise<number> {
    return this.database.read((manager) => manager.count(TABLES[kind].entity));
  }

  /** All rows, so many at once, in the order of their keys. */
  async *pages(kind: PermanentKind, size: number): AsyncGenerator<PermanentRow[]> {
    let page = await this.page(kind, undefined, size);
    while (page.length > 0) {
      yield page;
      page = await this.page(kind, keyOf(kind, page.at(-1)!), size);
    }
  }

  /** By their keys. */
  async find(kind: PermanentKind, rows: readonly PermanentRow[]): Promise<Map<string, PermanentRow>> {
    return this.database.read((manager) => stored(manager, TABLES[kind], rows));
  }

  /** Stores or replaces rows, but for those that have changed later where they are. @returns how many were written. */
  async store(kind: PermanentKind, rows: readonly PermanentRow[]): Promise<number> {
    return this.database.write(async (manager) => {
      const present = await stored(manager, TABLES[kind], rows);
      const newer = rows.filter((row) => !isOlder(kind, row, present.get(keyOf(kind, row))));
      if (newer.length > 0) await upsert(manager, TABLES[kind], newer);
      return newer.length;
    });
  }

  private page(kind: PermanentKind, after: string | undefined, limit: number): Promise<PermanentRow[]> {
    const { entity, key } = TABLES[kind];
    const where = after === undefined ? {} : { [key]: MoreThan(after) };
    return this.database.read(async (manager) =>
      plain(await manager.find(entity, { where, order: { [key]: 'ASC' }, take: limit })),
    );
  }
}

export function keyOf(kind: PermanentKind, row: PermanentRow): string {
  return String(row[TABLES[kind].key]);
}

/** Whether a row has changed earlier than the one that stands in its place. */
export function isOlder(kind: PermanentKind, row: PermanentRow, present: PermanentRow | undefined): boolean {
  const { changedAt } = TABLES[kind];
  return present !== undefined && Number(row[changedAt]) < Number(present[changedAt]);
}

/** Whether a row has changed at an instant (epoch milliseconds) or later. */
export function hasChangedSince(kind: PermanentKind, row: PermanentRow, time: number): boolean {
  return Number(row[TABLES[kind].changedAt]) >= time;
}

function table<Row>(
  entity: new () => Row,
  key: keyof Row & string,
  changedAt: keyof Row & string,
): PermanentTable {
  return { entity: entity, key, changedAt };
}

async function stored(
  manager: EntityManager,
  { entity, key }: PermanentTable,
  rows: readonly PermanentRow[],
): Promise<Map<string, PermanentRow>> {
  const found = await manager.find(entity, { where: { [key]: In(rows.map((row) => row[key])) } });
  return new Map(plain(found).map((row) => [String(row[key]), row]));
}

async function upsert(
  manager: EntityManager,
  { entity, key }: PermanentTable,
  rows: readonly PermanentRow[],
): Promise<void> {
  const { columns } = manager.connection.getMetadata(entity);
  const nameOf = new Map(columns.map((column) => [column.propertyName, column.databaseName]));
  const others = columns.filter((column) => column.propertyName !== key);
  await manager
    .createQueryBuilder()
    .insert()
    .into(entity)
    .values([...rows])
    // Else TypeORM reads every row back, by one condition of them all.
    .updateEntity(false)
    .orUpdate(
      others.map((column) => column.databaseName),
      [nameOf.get(key)!],
    )
    .execute();
}

/** Without their classes, so that two of them can be compared. */
function plain(rows: readonly PermanentRow[]): PermanentRow[] {
  return rows.map((row) => ({ ...row }));
}
