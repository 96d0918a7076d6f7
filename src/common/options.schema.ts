import { statSync } from 'node:fs';
import { CronTime } from 'cron';
import { z } from 'zod';
import { parseByteSize } from './byte-size.js';
import { parseDuration } from './duration.js';
import { parseEncryptionKey } from './encryption-key.js';
import { InvalidOptionsError } from './errors.js';
import type { Constructor, Identity, ReportsCacheOptions, ResolvedOptions } from './options.js';
import type { WatermarkSource } from './watermark-source.js';

const duration = z.unknown().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `must be a duration above zero, such as '15m' or 900000` });
  return z.NEVER;
});

const byteSize = z.unknown().transform((value, context) => {
  const size = parseByteSize(value);
  if (size !== undefined) return size;
  context.addIssue({ code: 'custom', message: `must be a size above zero, such as '64mb' or 67108864` });
  return z.NEVER;
});

const count = z
  .int({ error: 'must be a whole number above zero' })
  .positive({ error: 'must be a whole number above zero' });

const shareMessage = 'must be a number above 0 and not above 1';

const share = z
  .number({ error: shareMessage })
  .positive({ error: shareMessage })
  .max(1, { error: shareMessage });

const cron = z.string().refine(isCron, {
  error: `is not a cron expression with a date to come, such as '0 */5 * * * *'`,
});

const filePath = z
  .string()
  .min(1, { error: 'must not be empty' })
  .refine((path) => path !== ':memory:', {
    error: `must be a file: ':memory:' cannot be shared by two connections`,
  })
  .refine((path) => !path.includes('\0'), { error: 'must not hold a NUL character' })
  .refine((path) => !isFolder(path), { error: 'is a folder; name a file inside it' });

const anyFunction = z.custom<(request: never) => Identity | undefined>(
  (value) => typeof value === 'function',
  {
    error: 'must be a function',
  },
);

const refreshPermission = z.custom<(request: never) => boolean>((value) => typeof value === 'function', {
  error: 'must be a function',
});

const watermarkSource = z.custom<WatermarkSource | Constructor<WatermarkSource>>(isWatermarkSource, {
  error: 'must be an object with a method readWatermarks(companyIds), or a class of such objects',
});

const models = z.array(
  z.custom<Constructor>((value) => typeof value === 'function' && value.name !== '', {
    error: 'must be a named class',
  }),
);

// Neither message holds what was given: a key may stand where its id should.
const encryptionKey = z.strictObject(
  {
    id: z.string().regex(/^[\w.-]{1,32}$/, { error: 'must be 1 to 32 letters, digits, ".", "_" or "-"' }),
    key: z.unknown().transform((value, context) => {
      const key = parseEncryptionKey(value);
      if (key !== undefined) return key;
      context.addIssue({
        code: 'custom',
        message:
          'must be 32 bytes: a Buffer, 64 hex digits or base64, such as `openssl rand -base64 32` prints',
      });
      return z.NEVER;
    }),
  },
  { error: 'must be an object { id, key }' },
);

const encryptionKeys = z
  .tuple([encryptionKey], encryptionKey, { error: 'must be a list of objects { id, key }' })
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, {
    error: 'must each have an id of their own',
  });

const schema = z.strictObject({
  database: z
    .strictObject({
      type: z
        .enum(['sqlite', 'better-sqlite3'], { error: `must be 'sqlite' or 'better-sqlite3'` })
        .default('sqlite'),
      path: filePath.default('data/reports-cache.sqlite'),
      busyTimeout: duration.prefault('5s'),
    })
    .prefault({}),
  ttl: duration.prefault('15m'),
  memory: z
    .union([
      z.literal(false),
      z.strictObject({
        maxBytes: byteSize.prefault('64mb'),
        maxEntries: count.max(10_000_000, { error: 'must not be above 10,000,000' }).default(10_000),
      }),
    ])
    .prefault({}),
  identify: anyFunction.optional(),
  maxEntryBytes: byteSize.prefault('64mb'),
  maxBytes: byteSize.prefault('1gb'),
  maxCompanyShare: share.default(0.5),
  sourceConcurrency: count.max(10_000, { error: 'must not be above 10,000' }).optional(),
  storeTimeout: duration.prefault('250ms'),
  refresh: z.strictObject({ allow: refreshPermission, minAge: duration.prefault('10s') }).optional(),
  compression: z
    .union([z.literal(false), z.strictObject({ minBytes: byteSize.prefault('16kb') })])
    .prefault({}),
  encryption: z.strictObject({ keys: encryptionKeys }).optional(),
  cleanup: z
    .strictObject({ cron: cron.default('0 */5 * * * *'), batchSize: count.default(500) })
    .prefault({}),
  performance: z
    .strictObject({
      retention: duration.prefault('90d'),
      maxRows: count.default(1_000_000),
      flushEvery: duration.prefault('1s'),
    })
    .prefault({}),
  watermark: z.strictObject({ source: watermarkSource, every: duration.prefault('30s') }).optional(),
  processes: z.strictObject({ pollEvery: duration.prefault('250ms') }).prefault({}),
  cacheStatusHeader: z.boolean().default(true),
  xCacheHeader: z.boolean().default(true),
  models: models.default([]),
});

/**
 * Fills in the defaults.
 * @throws {InvalidOptionsError} naming every fault at once: unknown keys, wrong types, durations and sizes that
 * cannot be read, an unknown cron, a path that is a folder.
 */
export function resolveOptions(options: ReportsCacheOptions = {}): ResolvedOptions {
  const result = schema.safeParse(options);
  if (!result.success) throw new InvalidOptionsError(result.error.issues.flatMap(describeIssue));
  const {
    database,
    ttl,
    storeTimeout,
    performance,
    watermark,
    identify,
    sourceConcurrency,
    refresh,
    encryption,
    processes,
    ...rest
  } = result.data;
  return {
    ...rest,
    database: { type: database.type, path: database.path, busyTimeoutMs: database.busyTimeout },
    ttlMs: ttl,
    storeTimeoutMs: storeTimeout,
    identify,
    sourceConcurrency,
    encryption,
    refresh: refresh && { allow: refresh.allow, minAgeMs: refresh.minAge },
    performance: {
      retentionMs: performance.retention,
      maxRows: performance.maxRows,
      flushEveryMs: performance.flushEvery,
    },
    processes: { pollEveryMs: processes.pollEvery },
    watermark: watermark && { source: watermark.source, everyMs: watermark.every },
  };
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`} is not an option`);
  }
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors
      .flat()
      .filter((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys');
    if (deepest.length > 0)
      return deepest.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }));
    return [`${path} must be an object or false`];
  }
  return [`${path === '' ? 'the options' : path} ${lowerFirst(issue.message)}`];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** With a date to come: for the 31st of February the job would refuse to start, and the app with it. */
function isCron(expression: string): boolean {
  try {
    new CronTime(expression).sendAt();
    return true;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A path that cannot even be looked at is no fault of the options: the app starts, degraded, and says why.
    return false;
  }
}

function isWatermarkSource(value: unknown): boolean {
  const candidate = typeof value === 'function' ? (value.prototype as unknown) : value;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof (candidate as Partial<WatermarkSource>).readWatermarks === 'function'
  );
}
