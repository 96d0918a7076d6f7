import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, inPostgres, POSTGRES_URL } from '../support/postgres.js';
import { buildExample, cloneInto, SuperstoreProcess } from './superstore-process.js';

const PATH = 'monthly-profit?companyId=3&period=2017-05';
const ORDER = {
  companyId: 3,
  date: '2017-05-20',
  customer: 'CG-12520',
  lines: [{ product: 'FUR-BO-10001798', quantity: 2, unitPrice: 50, unitCost: 20, discountPercent: 10 }],
};

/** With a database of its own: the example's schema has a fixed name. */
describe.skipIf(!hasPostgres)('the superstore example, run twice on one PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superstore-'));
  const clone = join(folder, 'clone');
  const databaseName = `test_superstore_${process.pid}`;
  const database = new URL(POSTGRES_URL);
  database.pathname = databaseName;
  let one: SuperstoreProcess;
  let other: SuperstoreProcess;

  beforeAll(async () => {
    await inPostgres(`DROP DATABASE IF EXISTS ${databaseName}`);
    await inPostgres(`CREATE DATABASE ${databaseName}`);
    cloneInto(clone);
    await buildExample(clone);
    const start = () => SuperstoreProcess.built(clone, join(folder, 'data'), '1h', database.href);
    one = await start();
    other = await start();
  }, 240_000);

  afterAll(async () => {
    await Promise.all([one?.end('SIGTERM'), other?.end('SIGTERM')]);
    await inPostgres(`DROP DATABASE IF EXISTS ${databaseName}`);
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers on the other port with what one has made', async () => {
    expect((await report(one)).cache).toBe('MISS');
    expect((await report(one)).cache).toBe('HIT');
    await expect.poll(async () => (await report(other)).cache).toBe('HIT');
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

async function report({ url }: SuperstoreProcess): Promise<{ cache: string | null; sales: number }> {
  const answer = await fetch(`${url}/reports/${PATH}`, { headers: { 'x-user': 'alice' } });
  const { rows } = (await answer.json()) as { rows: { sales: number }[] };
  return { cache: answer.headers.get('x-cache'), sales: rows[0]!.sales };
}
