import { z } from 'zod';
import { database } from './database-options.schema.js';
import { parseEncryptionKey } from './encryption-key.js';
import { InvalidOptionsError } from './errors.js';
import { byteSize, count, cron, duration } from './option-kinds.js';
import type { Constructor, Identity, ReportsCacheOptions, ResolvedOptions } from './options.js';
import { resolveWarmUp, warmUp } from './warm-up-options.schema.js';
import type { WatermarkSource } from './watermark-source.js';

/** Between two looks, in milliseconds: on a server every instance asks over the network, and notices come sooner. */
const POLL_FILE_EVERY_MS = 250;
const POLL_SERVER_EVERY_MS = 1_000;

/** A look that is late, because the process or the store was busy, must not put memory out of use. */
const LEAST_STALENESS_MS = 1_000;

const shareMessage = 'must be a number above 0 and not above 1';

const share = z
  .number({ error: shareMessage })
  .positive({ error: shareMessage })
  .max(1, { error: shareMessage });

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

const OBJECT_OR_FALSE = { error: 'must be an object or false' };

const schema = z.strictObject({
  database: database.prefault({}),
  ttl: duration.prefault('15m'),
  memory: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          maxBytes: byteSize.prefault('64mb'),
          maxEntries: count.max(10_000_000, { error: 'must not be above 10,000,000' }).default(10_000),
        }),
      ],
      OBJECT_OR_FALSE,
    )
    .prefault({}),
  identify: anyFunction.optional(),
  maxEntryBytes: byteSize.prefault('64mb'),
  maxBytes: byteSize.prefault('1gb'),
  maxCompanyShare: share.default(0.5),
  sourceConcurrency: count.max(10_000, { error: 'must not be above 10,000' }).optional(),
  storeTimeout: duration.prefault('250ms'),
  refresh: z.strictObject({ allow: refreshPermission, minAge: duration.prefault('10s') }).optional(),
  compression: z
    .union([z.literal(false), z.strictObject({ minBytes: byteSize.prefault('16kb') })], OBJECT_OR_FALSE)
    .prefault({}),
  encryption: z.strictObject({ keys: encryptionKeys }).optional(),
  shadowCheck: z
    .strictObject({
      share,
      maxConcurrency: count.max(100, { error: 'must not be above 100' }).default(1),
    })
    .optional(),
  cleanup: z
    .strictObject({ cron: cron.default('0 */5 * * * *'), batchSize: count.default(500) })
    .prefault({}),
  performance: z
    .strictObject({
      retention: duration.prefault('90d'),
      maxRows: count.default(1_000_000),
      rollupRetention: duration.prefault('400d'),
      flushEvery: duration.prefault('1s'),
    })
    .prefault({}),
  watermark: z.strictObject({ source: watermarkSource, every: duration.prefault('30s') }).optional(),
  warmUp: warmUp.optional(),
  processes: z
    .strictObject({ pollEvery: duration.optional(), maxStaleness: duration.optional() })
    .refine(({ pollEvery = 0, maxStaleness = Infinity }) => maxStaleness >= pollEvery, {
      path: ['maxStaleness'],
      error: 'must not be shorter than processes.pollEvery: memory would answer nobody in between',
    })
    .prefault({}),
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
    ttl,
    storeTimeout,
    performance,
    watermark,
    identify,
    sourceConcurrency,
    refresh,
    encryption,
    processes,
    shadowCheck,
    warmUp,
    ...rest
  } = result.data;
  return {
    ...rest,
    ttlMs: ttl,
    storeTimeoutMs: storeTimeout,
    identify,
    sourceConcurrency,
    encryption,
    shadowCheck,
    refresh: refresh && { allow: refresh.allow, minAgeMs: refresh.minAge },
    performance: {
      retentionMs: performance.retention,
      maxRows: performance.maxRows,
      rollupRetentionMs: performance.rollupRetention,
      flushEveryMs: performance.flushEvery,
    },
    processes: resolveProcesses(processes, rest.database.type === 'postgres'),
    warmUp: warmUp && resolveWarmUp(warmUp),
    watermark: watermark && { source: watermark.source, everyMs: watermark.every },
  };
}

function resolveProcesses(
  { pollEvery, maxStaleness }: z.output<typeof schema>['processes'],
  isServer: boolean,
): ResolvedOptions['processes'] {
  const usual = isServer ? POLL_SERVER_EVERY_MS : POLL_FILE_EVERY_MS;
  const pollEveryMs = pollEvery ?? Math.min(usual, (maxStaleness ?? Infinity) / 2);
  return { pollEveryMs, maxStalenessMs: maxStaleness ?? Math.max(LEAST_STALENESS_MS, 2 * pollEveryMs) };
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
  }
  return [`${path === '' ? 'the options' : path} ${lowerFirst(issue.message)}`];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isWatermarkSource(value: unknown): boolean {
  const candidate = typeof value === 'function' ? (value.prototype as unknown) : value;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof (candidate as Partial<WatermarkSource>).readWatermarks === 'function'
  );
}
