import { describe, expect, it, test } from 'vitest';
import { BEAT_EVERY_MS } from '../../src/cluster/lifetimes.js';
import { resolveOptions } from '../../src/common/options.schema.js';
import { CacheService } from '../../src/index.js';
import { startCacheApp } from '../module/cache-app.js';
import { hasPostgres, inPostgres, POSTGRES_URL, tempSchema } from '../support/postgres.js';
import { Markdown } from './markdown.js';

const page = new Markdown('docs/scaling.md');
const statements = page.codeBlocks
  .filter(({ language }) => language === 'sql')
  .map(({ text }) => ({ text, shows: /COMPRESSION lz4|PARTITION BY HASH/.exec(text)?.[0] }));
const DEFAULT_SCHEMA = 'reports_cache';

describe('the page on several machines', () => {
  const { database, processes } = resolveOptions({ database: { type: 'postgres', url: POSTGRES_URL } });

  it('counts the connections of a pool and one listener for each instance', () => {
    const { head, rows } = page.table('instances');
    const pools = head.slice(1, 3).map(numberIn);
    expect(pools[0]).toBe(database.type === 'postgres' ? database.poolSize : undefined);
    for (const [instances = '', ...counts] of rows)
      expect(counts.slice(0, 2).map(numberIn)).toEqual(pools.map((pool) => Number(instances) * (pool + 1)));
  });

  it('names the intervals that there are', () => {
    const rows = new Map(page.table('what').rows.map(([what = '', often = '']) => [what, often]));
    expect(rows.get('heartbeat')).toBe(`every ${BEAT_EVERY_MS / 1_000} s`);
    expect(rows.get('looks at what others dropped')).toContain(`, ${processes.pollEveryMs / 1_000} s`);
  });

  it('reckons two reads of all others for each drop, and a notice to everybody', () => {
    const { head, rows } = page.table('drops a second');
    const instances = head.slice(1).map(numberIn);
    for (const [drops = '', ...costs] of rows)
      expect(costs.map(numbersIn)).toEqual(
        instances.map((all) => [2 * Number(drops) * (all - 1), all * Number(drops)]),
      );
  });

  it('shows statements', () => {
    expect(statements).toHaveLength(2);
  });
});

describe.skipIf(!(await knowsCompression()))('a schema that was changed as the page says', () => {
  test.each(statements)('keeps, replaces and drops entries: $shows', async ({ text }) => {
    const schema = tempSchema();
    const cache = { database: { type: 'postgres', url: POSTGRES_URL, schema }, memory: false } as const;
    await (await startCacheApp({ cache })).close();
    await inPostgres(text.replaceAll(DEFAULT_SCHEMA, schema));
    const service = (await startCacheApp({ cache })).get(CacheService);
    const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
    const set = (key: string, value: string): Promise<boolean> =>
      service.set(key, value, { type: 'trial-balance', companyId: keys.indexOf(key) % 2 });

    await Promise.all(keys.map((key) => set(key, 'x'.repeat(10_000))));
    await set('key 0', 'replaced');
    await service.clearByCompany(1);

    const found = await Promise.all(keys.map((key) => service.get<string>(key)));
    expect(found.map((value) => value?.length)).toEqual(
      keys.map((_, index) => (index % 2 === 1 ? undefined : index === 0 ? 8 : 10_000)),
    );
    const [left] = await inPostgres<{ count: string }>(`SELECT COUNT(*) FROM "${schema}".cache_payloads`);
    expect(Number(left!.count)).toBe(20);
  });
});

/** Of columns, which both statements name: PostgreSQL 14. */
async function knowsCompression(): Promise<boolean> {
  if (!hasPostgres) return false;
  const [row] = await inPostgres<{ server_version_num: string }>('SHOW server_version_num');
  return Number(row!.server_version_num) >= 140_000;
}

function numberIn(text: string): number {
  return numbersIn(text)[0]!;
}

/** `1,980` is one number, `18, 10` are two. */
function numbersIn(text: string): number[] {
  const spelled = text.match(/\d{1,3}(?:,\d{3})+|\d+/g) ?? [];
  return spelled.map((number) => Number(number.replaceAll(',', '')));
}
