import { statSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { duration } from './option-kinds.js';
import type { ResolvedDatabaseOptions } from './options.js';

const filePath = z
  .string()
  .min(1, { error: 'must not be empty' })
  .refine((path) => path !== ':memory:', {
    error: `must be a file: ':memory:' cannot be shared by two connections`,
  })
  .refine((path) => !path.includes('\0'), { error: 'must not hold a NUL character' })
  .refine((path) => !isFolder(path), { error: 'is a folder; name a file inside it' });

const sqlite = z.strictObject({
  type: z
    .enum(['sqlite', 'better-sqlite3'], { error: `must be 'sqlite', 'better-sqlite3' or 'postgres'` })
    .default('sqlite'),
  path: filePath.default('data/reports-cache.sqlite'),
  busyTimeout: duration.prefault('5s'),
});

// What was given stays out of the message: it may hold a password.
const postgresUrl = z
  .string({ error: 'must be given' })
  .refine(isPostgresUrl, {
    error: `must be such as 'postgres://user:password@host:5432/database'`,
    abort: true,
  })
  .refine((url) => !hasAtBehindHost(url), {
    error: 'has an "@" behind its host: write "/", "?", "#" and "@" of a password as %2F, %3F, %23 and %40',
  });

const postgres = z.strictObject({
  type: z.literal('postgres'),
  url: postgresUrl,
  listenUrl: postgresUrl.optional(),
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, {
      error: 'must be 1 to 63 lower-case letters, digits or "_", and not begin with a digit',
    })
    .refine((name) => !name.startsWith('pg_'), { error: 'must not begin with "pg_", which PostgreSQL keeps' })
    .default('reports_cache'),
  ssl: z
    .union([z.boolean(), z.custom<ConnectionOptions>(isPlainObject)], {
      error: 'must be true, false or options of tls.connect()',
    })
    .optional(),
  poolSize: z
    .int({ error: 'must be a whole number from 2 to 100' })
    .min(2, { error: 'must be a whole number from 2 to 100' })
    .max(100, { error: 'must be a whole number from 2 to 100' })
    .default(5),
  busyTimeout: duration.prefault('5s'),
  preparedStatements: z.boolean().default(true),
});

/** By its type, so that a fault is told in the words of the database that was meant. */
export const database = z.unknown().transform((given, context): ResolvedDatabaseOptions => {
  const isPostgres = (given as { type?: unknown } | null)?.type === 'postgres';
  const result = (isPostgres ? postgres : sqlite).safeParse(given);
  if (result.success) return toResolvedDatabase(result.data);
  for (const issue of result.error.issues) context.addIssue({ ...issue, input: undefined });
  return z.NEVER;
});

function toResolvedDatabase(
  options: z.output<typeof sqlite> | z.output<typeof postgres>,
): ResolvedDatabaseOptions {
  const { busyTimeout: busyTimeoutMs, ...rest } = options;
  if (rest.type !== 'postgres') return { ...rest, busyTimeoutMs };
  return { ...rest, ssl: rest.ssl, listenUrl: rest.listenUrl ?? rest.url, busyTimeoutMs };
}

function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

/** What was meant as a password then ends at its first "/", and the rest of it is shown as the name of the database. */
function hasAtBehindHost(url: string): boolean {
  const { pathname, search, hash } = new URL(url);
  return `${pathname}${search}${hash}`.includes('@');
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A path that cannot even be looked at is no fault of the options: the app starts, degraded, and says why.
    return false;
  }
}
