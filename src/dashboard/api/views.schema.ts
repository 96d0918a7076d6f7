import { z } from 'zod';
import {
  count,
  instant,
  milliseconds,
  missesByReason,
  quantiles,
  range,
  timeSaved,
  traffic,
} from './figures.schema.js';

/** The period a view covers. */
const period = { range, from: instant, to: instant };

export const settingsView = z.object({
  version: z.string().describe('of nestjs-reports-cache'),
  title: z.string(),
  language: z.string().describe('a language tag such as en or de'),
  readOnly: z.boolean().describe('whether there are no actions'),
  showPayloads: z.boolean(),
  cacheEnabled: z.boolean().describe('the switch of the whole cache'),
  warmUp: z.boolean().describe('whether the app can warm up'),
  username: z.string().nullable().describe('who is looking, as the module names them'),
});

export const seriesPoint = z.object({
  at: instant.describe('the beginning of the interval'),
  requests: count,
  hits: count,
  misses: count,
  coalesced: count,
  stale: count,
  failed: count,
  hitRatio: z.number().nullable(),
  savedMs: milliseconds,
  hit: quantiles,
  miss: quantiles,
});

export const storeView = z.object({
  state: z.enum(['open', 'unavailable', 'closed']),
  reason: z.string().nullable().describe('why it is unavailable, and how to mend it'),
  entries: count,
  activeEntries: count,
  expiredEntries: count.describe('past their TTL, until the cleanup removes them'),
  entryBytes: count.describe('of all payloads'),
  maxBytes: count,
  databaseBytes: count.nullable(),
  walBytes: count.nullable(),
  waitingWrites: count,
  lastCleanupAt: instant.nullable(),
  memory: z.object({
    entries: count,
    bytes: count,
    maxEntries: count.nullable().describe('null: the module has no memory tier'),
    maxBytes: count.nullable(),
  }),
});

export const watermarksView = z.object({
  state: z.enum(['off', 'ok', 'failed', 'timed out']).describe('off: the module has no watermark source'),
  lastSuccessAt: instant.nullable(),
  everyMs: milliseconds.nullable(),
});

export const healthPoint = z.object({
  at: instant,
  storeOk: z.boolean(),
  watermarkOk: z.boolean().nullable().describe('null: the module has no watermark source'),
  entries: count.nullable(),
  entryBytes: count.nullable(),
  databaseBytes: count.nullable(),
  walBytes: count.nullable(),
});

export const warmUpView = z
  .object({
    state: z
      .enum(['running', 'completed', 'cancelled', 'overtime', 'gave-up', 'failed', 'lost'])
      .describe('lost: its process has not been heard of for half a minute'),
    startedAt: instant,
    finishedAt: instant.nullable(),
    planned: count.describe('requests that were chosen'),
    done: count.describe('requests that have been dealt with'),
    warmed: count.describe('those whose report ran and is kept'),
    fresh: count.describe('those whose report was there by now'),
    sourceMs: milliseconds.describe('what the source took for them, together'),
  })
  .describe('the warm-up of any process that runs or ran last');

export const shadowView = z
  .object({
    differences: z
      .array(
        z.object({
          type: z.string(),
          ageMs: milliseconds.describe('since the report was stored'),
          foundAt: instant,
        }),
      )
      .describe('the latest ten, the newest first'),
  })
  .describe(
    'stored reports that were not what their source answers, though nothing had dropped them; of this process',
  );

export const overviewView = z.object({
  ...period,
  intervalMs: milliseconds.describe('the width of one point of the series'),
  totals: traffic,
  savedToday: timeSaved.describe("since midnight of the server's time zone"),
  saved30Days: timeSaved,
  series: z.array(seriesPoint).describe('without gaps, the oldest first'),
  store: storeView,
  watermarks: watermarksView,
  health: z.array(healthPoint).describe('every five minutes, the oldest first; a gap: no process ran'),
  warmUp: warmUpView.nullable().describe('null: none ran, or none of those by cron had anything to do'),
  shadow: shadowView.nullable().describe('null: the module has no shadow check'),
  log: z.object({
    waiting: count.describe('rows of the log that the figures do not contain yet'),
    dropped: count.describe('requests that could not be logged, since this process started'),
  }),
});

export const typeRow = traffic.extend({
  type: z.string(),
  source: quantiles.describe('what the source took'),
  usualSourceMs: milliseconds.nullable().describe('what the time saved is reckoned by; null: never measured'),
  missReasons: z.array(missesByReason),
  avoidableMisses: count,
  enabled: z.boolean(),
  ttlOverrideMs: milliseconds.nullable().describe('the TTL set while the app runs; null: as the code says'),
  storedTtlMs: milliseconds
    .nullable()
    .describe('the longest TTL among its stored entries; null: none stored'),
  entries: count,
  entryBytes: count,
});

export const typesView = z.object({ ...period, types: z.array(typeRow) });

export const companyRow = traffic.extend({
  companyId: z.string().nullable().describe('null: reports that belong to no company'),
  missSourceMs: milliseconds.describe('what the source took for it, together'),
  entries: count.nullable().describe('null where nobody counts them: reports of no company'),
  entryBytes: count.nullable(),
  watermark: z.object({ schema: z.string(), checkedAt: instant }).nullable(),
});

export const companiesView = z.object({
  ...period,
  companies: z.array(companyRow).describe('those with most requests first'),
  total: count.describe('companies there are, of which at most `limit` are listed'),
});

export const userRow = z.object({
  username: z.string(),
  enabled: z.boolean(),
  switchedAt: instant.nullable(),
  requests: count.describe('of the last 24 hours'),
  lastSeenAt: instant.nullable().describe('within the last 24 hours'),
});

export const usersView = z.object({ users: z.array(userRow), total: count });

export const entryRow = z.object({
  key: z.string(),
  type: z.string(),
  companyId: z.string().nullable(),
  username: z.string().nullable().describe('whose entry it is; null: shared'),
  tags: z.array(z.string()),
  createdAt: instant,
  expiresAt: instant,
  graceUntil: instant,
  state: z.enum(['fresh', 'grace', 'expired']),
  loadMs: milliseconds.describe('what the source took'),
  byteSize: count,
  hits: count,
  lastAccessedAt: instant,
});

export const entriesView = z.object({
  now: instant.describe("the server's time, to tell ages by"),
  entries: z.array(entryRow),
  next: z.string().nullable().describe('to be sent as `after` for the next page; null: this is the last'),
  total: count.nullable().describe('null when conditions were given: nobody counts them'),
});

export const entryView = z.object({
  now: instant,
  entry: entryRow,
  payload: z
    .object({
      format: z.string().describe('the codec that wrote it'),
      contentType: z.string().nullable(),
      text: z.string().nullable().describe('its beginning; null when it is no text'),
      truncated: z.boolean(),
    })
    .nullable()
    .describe('null unless the module was given showPayloads'),
});

export const auditTarget = z.object({
  key: z.string().optional(),
  type: z.string().optional(),
  companyId: z.string().optional(),
  tag: z.string().optional(),
  username: z.string().optional(),
});

export const auditRow = z.object({
  id: z.int(),
  at: instant,
  username: z.string().nullable().describe('who did it; null: nobody was named'),
  action: z.string(),
  target: auditTarget,
  value: z.string().nullable().describe('what was set'),
  outcome: z.enum(['done', 'failed']),
  removed: count.nullable().describe('entries that went'),
});

export const activityView = z.object({ rows: z.array(auditRow), next: z.string().nullable() });

export const actionResult = z.object({
  removed: count.describe('entries that went'),
  refreshed: z.boolean().nullable().describe('of refresh-entry: false when it was only dropped; else null'),
});

export const problem = z.object({
  error: z.object({
    code: z.enum(['BAD_INPUT', 'CROSS_SITE', 'NOT_FOUND', 'STORE_UNAVAILABLE', 'FAILED']),
    message: z.string(),
  }),
});
