import { type ResolvedSqliteOptions } from '../../common/options.js';
import { type BookkeepingFault, findBookkeepingFaults, mendBookkeeping } from '../entries/bookkeeping.js';
import { type Database } from '../database.js';
import { compareSchema, type SchemaFault } from '../sqlite/schema-comparison.js';

/** Faults of the file that are told at the most. */
const MOST_FAULTS = 100;

/** Checks a SQLite file as a whole, and mends what can be mended without losing anything. For tools. */
export class FileInspection {
  constructor(
    private readonly database: Database,
    private readonly options: ResolvedSqliteOptions,
  ) {}

  /**
   * What SQLite finds wrong with pages, rows and indexes; at most 100 faults. Reads the whole file.
   * @see https://www.sqlite.org/pragma.html#pragma_integrity_check
   */
  async findFileFaults(): Promise<string[]> {
    const rows = await this.database.read((_manager, sql) =>
      sql.pragma<{ integrity_check: string }>(`integrity_check(${MOST_FAULTS})`),
    );
    return rows.map((row) => row.integrity_check).filter((fault) => fault !== 'ok');
  }

  findSchemaFaults(): Promise<SchemaFault[]> {
    return this.database.read((_manager, sql) => compareSchema(sql, this.options));
  }

  findBookkeepingFaults(): Promise<BookkeepingFault[]> {
    return this.database.read((_manager, sql) => findBookkeepingFaults(sql));
  }

  /** Creates the indexes and triggers that are missing. Holds every writer up while an index is built. */
  async createMissing(faults: readonly SchemaFault[]): Promise<void> {
    const missing = faults.filter(({ type, fault }) => fault === 'missing' && type !== 'table');
    await this.database.write(async (_manager, sql) => {
      for (const { text } of missing) await sql.run(text);
    });
  }

  async mendBookkeeping(): Promise<void> {
    await this.database.write((_manager, sql) => mendBookkeeping(sql));
  }

  /** Builds every index anew from its table. Holds every writer up. */
  async rebuildIndexes(): Promise<void> {
    await this.database.write((_manager, sql) => sql.run('REINDEX'));
  }

  /** Bytes of pages that hold nothing, and have not been given back to the disk. */
  async freeBytes(): Promise<number> {
    return this.database.read(async (_manager, sql) => {
      const [pages] = await sql.pragma<{ freelist_count: number }>('freelist_count');
      const [size] = await sql.pragma<{ page_size: number }>('page_size');
      return pages!.freelist_count * size!.page_size;
    });
  }
}
