import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { ResolvedPostgresOptions } from '../../src/common/options.js';

/** Where the tests look for a server. Each works in schemas of its own and drops them. */
export const POSTGRES_URL = process.env['DATABASE_URL_TEST'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Whether a server answers there; without one, what needs it is skipped, and the last lines of the run say so. */
export const hasPostgres: boolean = await answers();

/** A name that nobody else has, and that tells when it was made. */
export function schemaName(): string {
  return `test_${Date.now().toString(36)}_${randomBytes(8).toString('hex')}`;
}

/** A schema of this test's own, not yet created; dropped when the test has finished. */
export function tempSchema(): string {
  const schema = schemaName();
  onTestFinished(async () => void (await inPostgres(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)));
  return schema;
}

/** Options of a database in a schema of this test's own. */
export function postgresOptions(overrides: Partial<ResolvedPostgresOptions> = {}): ResolvedPostgresOptions {
  return {
    type: 'postgres',
    url: POSTGRES_URL,
    listenUrl: POSTGRES_URL,
    schema: overrides.schema ?? tempSchema(),
    ssl: undefined,
    poolSize: 3,
    busyTimeoutMs: 2_000,
    preparedStatements: true,
    ...overrides,
  };
}

/** Runs a statement past the module, on a connection of its own. */
export async function inPostgres<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2_000 });
  // A server that ends it between two queries must not end the tests; the next query tells.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}

async function answers(): Promise<boolean> {
  try {
    await inPostgres('SELECT 1');
    return true;
  } catch {
    return false;
  }
}
