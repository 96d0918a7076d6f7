import { hasPostgres, inPostgres } from './postgres.js';

/** Longer than the longest test takes, which may be running beside this run. */
const ABANDONED_AFTER_MS = 13 * 3_600_000;

/** Before a run: drops what runs have left that were killed. */
export default async function clearAbandonedSchemas(): Promise<void> {
  if (!hasPostgres) return;
  const schemas = await inPostgres<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^test_[0-9a-z]{8}_[0-9a-f]{16}$'`,
  );
  for (const { name } of schemas.filter(({ name }) => isAbandoned(name)))
    await inPostgres(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
}

function isAbandoned(schema: string): boolean {
  const madeAt = Number.parseInt(schema.split('_')[1]!, 36);
  return Date.now() - madeAt > ABANDONED_AFTER_MS;
}
