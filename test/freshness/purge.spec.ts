import { Controller, Get, type INestApplication, Inject } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import {
  Cacheable,
  CacheService,
  PerformanceLogService,
  SchemaMappingService,
  UserCacheSettingsService,
  WatermarkService,
  type WatermarkSource,
} from '../../src/index.js';
import { PendingWrites } from '../../src/assembly/pending-writes.js';
import { Database } from '../../src/storage/database.js';
import type { SqlConnection } from '../../src/storage/sql/sql-connection.js';
import { as, UserGuard } from '../http/user-guard.js';
import { Gate, settle, until } from '../http/gate.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { PlayedSource } from './played-source.js';

/** Names that stand nowhere by chance. */
const GONE = 'acme-4711';
const KEPT = 'umbrella-0815';
const ALICE = 'alice.liddell';
const CAROL = 'carol.danvers';

@Controller('reports')
class Reports {
  constructor(@Inject(PlayedSource) private readonly source: PlayedSource) {}

  @Get('payslips')
  @Cacheable({ type: 'payslips', ttl: '1h', tags: ({ query }) => [`of:${query.companyId}`] })
  payslips(): Promise<number> {
    return this.source.query();
  }

  @Get('balance')
  @Cacheable({ type: 'balance', ttl: '1h', scope: 'company' })
  balance(): Promise<number> {
    return this.source.query();
  }
}

interface Column {
  readonly name: string;
  readonly column: string;
}

/** Of the file: as they were made. */
const COLUMNS_OF_FILE = `
  SELECT t.name, 'CAST("' || c.name || '" AS TEXT)' AS "column"
  FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
  WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`;

/** Of the schema; what the file has as a table and the server as a view, counts as that table. */
const COLUMNS_OF_SCHEMA = `
  SELECT table_name AS name,
         CASE data_type WHEN 'bytea' THEN 'encode("' || column_name || '", ''escape'')'
                        ELSE 'CAST("' || column_name || '" AS text)' END AS "column"
  FROM information_schema.columns
  WHERE table_schema = ? AND table_name <> 'cache_size_changes'`;

/** The tables with their columns, each as a text. */
async function textsOf(sql: SqlConnection, schema: string): Promise<Map<string, string[]>> {
  const columns =
    sql.dialect === 'sqlite'
      ? await sql.all<Column>(COLUMNS_OF_FILE)
      : await sql.all<Column>(COLUMNS_OF_SCHEMA, [schema]);
  const tables = new Map<string, string[]>();
  for (const { name, column } of columns) tables.set(name, [...(tables.get(name) ?? []), column]);
  return tables;
}

/** A watermark source that answers when the test lets it. */
class Books implements WatermarkSource {
  answering: Gate | undefined;
  asked = 0;

  async readWatermarks(companyIds: readonly string[]) {
    this.asked += 1;
    await this.answering?.opened;
    return companyIds.map((companyId) => ({ companyId, schema: 'S', watermark: this.asked }));
  }
}

async function start(adapter: AdapterName) {
  const source = new PlayedSource();
  const books = new Books();
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: PlayedSource, useValue: source }],
    configure: (app: INestApplication) => void app.useGlobalGuards(new UserGuard()),
    cache: { performance: { flushEvery: '1h' }, watermark: { source: books, every: '1h' } },
  });
  const { app, url, databasePath } = report;
  const database = app.get(Database, { strict: false });
  const get = (path: string, companyId: string, user: string) =>
    http(`${url}/reports/${path}?companyId=${companyId}`, as(user));

  /** The tables that hold the text, in any column. */
  async function whereIs(text: string): Promise<string[]> {
    return database.write(async (_manager, sql) => {
      const found: string[] = [];
      for (const [name, texts] of await textsOf(sql, databasePath)) {
        const anywhere = texts.map((column) => `${column} LIKE '%${text}%'`);
        const rows = await sql.all(`SELECT 1 FROM ${name} WHERE ${anywhere.join(' OR ')} LIMIT 1`);
        if (rows.length > 0) found.push(name);
      }
      return found.sort();
    });
  }

  const flush = async () => {
    await app.get(PerformanceLogService).flush();
    await app.get(PendingWrites, { strict: false }).flush();
  };

  return { ...report, source, books, get, whereIs, flush, cache: app.get(CacheService) };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Rows in every table for two companies and two users; hits and log rows of the last requests still in memory. */
async function fillEverything({ app, get, flush, cache }: Started): Promise<void> {
  for (const company of [GONE, KEPT]) {
    await app.get(SchemaMappingService).set(company, `schema of ${company}`);
    await app.get(WatermarkService).set(company, `schema of ${company}`, 1);
    await cache.set(`by code ${company}`, company, { type: 't', companyId: company, tags: [company] });
    for (const user of [ALICE, CAROL]) {
      await app.get(UserCacheSettingsService).setEnabled(user, true);
      await get('payslips', company, user);
      await get('balance', company, user);
    }
  }
  await flush();
  for (const company of [GONE, KEPT]) {
    for (const user of [ALICE, CAROL]) {
      await get('payslips', company, user);
      await get('balance', company, user);
    }
  }
}

const COMPANY_TABLES = [
  'cache_company_sizes',
  'cache_entries',
  'cache_entry_tags',
  'cache_payloads',
  'cache_watermarks',
  'performance_log',
  'schema_mappings',
];

describe.each(ADAPTERS)('after purgeCompany over %s', (adapter) => {
  test('no table holds a trace of the company, and those of another stay', async () => {
    const started = await start(adapter);
    const { whereIs, flush, cache } = started;
    await fillEverything(started);
    expect(await whereIs(GONE)).toEqual(COMPANY_TABLES);
    await cache.purgeCompany(GONE);
    expect(await whereIs(GONE)).toEqual([]);
    await flush();
    expect(await whereIs(GONE)).toEqual([]);
    expect(await whereIs(KEPT)).toEqual(COMPANY_TABLES);
    expect((await started.get('balance', KEPT, ALICE)).xCache).toBe('HIT');
    expect((await started.get('balance', GONE, ALICE)).xCache).toBe('MISS');
  });

  test('a report that was being made is stored nowhere', async () => {
    const started = await start(adapter);
    const { whereIs, cache, get, source, app } = started;
    const gate = source.holdNext();
    const asked = get('balance', GONE, ALICE);
    await until(() => source.runs === 1);
    await cache.purgeCompany(GONE);
    gate.open();
    expect((await asked).status).toBe(200);
    await app.get(CacheService).set('fence', 1, { type: 't' });
    expect(await whereIs(GONE)).toEqual([]);
  });

  test('a log that is being written meanwhile leaves no row', async () => {
    const started = await start(adapter);
    const { whereIs, flush, cache } = started;
    await fillEverything(started);
    await Promise.all([flush(), cache.purgeCompany(GONE), flush()]);
    await flush();
    expect(await whereIs(GONE)).toEqual([]);
  });

  test('a watermark that was asked for before leaves no row', async () => {
    const started = await start(adapter);
    const { whereIs, cache, books, app } = started;
    await fillEverything(started);
    books.answering = new Gate();
    const checking = app.get(WatermarkService).check();
    await until(() => books.asked === 1);
    await cache.purgeCompany(GONE);
    books.answering.open();
    await checking;
    expect(await whereIs(GONE)).toEqual([]);
  });
});

describe.each(ADAPTERS)('after purgeUser over %s', (adapter) => {
  test('no table holds a trace of the user, and those of another and of companies stay', async () => {
    const started = await start(adapter);
    const { whereIs, flush, cache, get } = started;
    await fillEverything(started);
    const tables = ['cache_entries', 'performance_log', 'user_cache_settings'];
    expect(await whereIs(ALICE)).toEqual(expect.arrayContaining(tables));
    await cache.purgeUser(ALICE);
    expect(await whereIs(ALICE)).toEqual([]);
    await flush();
    expect(await whereIs(ALICE)).toEqual([]);
    expect(await whereIs(CAROL)).toEqual(expect.arrayContaining(tables));
    expect((await get('payslips', KEPT, CAROL)).xCache).toBe('HIT');
    expect((await get('balance', KEPT, ALICE)).xCache).toBe('HIT');
    expect((await get('payslips', KEPT, ALICE)).xCache).toBe('MISS');
  });

  test('the cache is on for the user again, as for one who was never seen', async () => {
    const { app, cache, get } = await start(adapter);
    await app.get(UserCacheSettingsService).setEnabled(ALICE, false);
    expect((await get('balance', KEPT, ALICE)).xCache).toBe('BYPASS');
    await cache.purgeUser(ALICE);
    expect((await get('balance', KEPT, ALICE)).xCache).toBe('MISS');
    await settle();
  });
});
