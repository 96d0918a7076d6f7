import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, inPostgres, POSTGRES_URL, schemaName } from '../support/postgres.js';
import { buildExample, cloneInto, SuperstoreProcess } from './superstore-process.js';

const PATH = 'monthly-profit?companyId=3&period=2017-05';
const UNTOUCHED = 'monthly-profit?companyId=2&period=2017-05';
const ORDER = {
  companyId: 3,
  date: '2017-05-20',
  customer: 'CG-12520',
  lines: [{ product: 'FUR-BO-10001798', quantity: 2, unitPrice: 50, unitCost: 20, discountPercent: 10 }],
};

describe.skipIf(!hasPostgres)('the superstore example, run twice on one PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superstore-'));
  const clone = join(folder, 'clone');
  const schema = schemaName();
  let one: SuperstoreProcess;
  let other: SuperstoreProcess;

  beforeAll(async () => {
    cloneInto(clone);
    await buildExample(clone);
    const onPostgres = { DATABASE_URL: POSTGRES_URL, SUPERSTORE_SCHEMA: schema };
    const start = () => SuperstoreProcess.built(clone, join(folder, 'data'), '1h', onPostgres);
    one = await start();
    other = await start();
  }, 240_000);

  afterAll(async () => {
    await Promise.all([one?.end('SIGTERM'), other?.end('SIGTERM')]);
    await inPostgres(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers on the other port with what one has made', async () => {
    expect((await report(one, UNTOUCHED)).cache).toBe('MISS');
    // An entry is written after its answer has left; the health check writes behind it.
    await fetch(`${one.url}/health`);
    expect((await report(other, UNTOUCHED)).cache).toBe('HIT');
  });

  it('shows on the other port what was posted on one', async () => {
    await report(one);
    const before = await report(other);
    const headers = { 'x-user': 'alice', 'content-type': 'application/json' };
    const posted = await fetch(`${one.url}/orders`, { method: 'POST', headers, body: JSON.stringify(ORDER) });
    expect(posted.status).toBe(201);
    // Two of the module's default polls, should the notice be lost.
    await expect
      .poll(async () => (await report(other)).sales, { timeout: 10_000 })
      .toBeCloseTo(before.sales + 90, 2);
    expect((await report(one)).sales).toBeCloseTo(before.sales + 90, 2);
  });
});

async function report(
  { url }: SuperstoreProcess,
  path = PATH,
): Promise<{ cache: string | null; sales: number }> {
  const answer = await fetch(`${url}/reports/${path}`, { headers: { 'x-user': 'alice' } });
  const { rows } = (await answer.json()) as { rows: { sales: number }[] };
  return { cache: answer.headers.get('x-cache'), sales: rows[0]!.sales };
}
