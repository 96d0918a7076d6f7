import { join } from 'node:path';
import { type ReportsCacheOptions } from 'nestjs-reports-cache';
import { type Settings } from './settings.js';

/** A file beside the ledger, or the PostgreSQL that `DATABASE_URL` names, which several instances may share. */
export function cacheDatabase({
  databaseUrl,
  databaseSchema,
  cacheFolder,
}: Settings): NonNullable<ReportsCacheOptions['database']> {
  return databaseUrl === undefined
    ? { path: join(cacheFolder, 'reports-cache.sqlite') }
    : { type: 'postgres', url: databaseUrl, schema: databaseSchema };
}
