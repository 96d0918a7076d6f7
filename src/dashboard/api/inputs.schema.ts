import { z } from 'zod';
import { parseDuration } from '../../common/duration.js';
import { range } from './figures.schema.js';

/** As everywhere in the module. */
const MAX_NAME = 200;
const MAX_KEY = 2_048;

const name = text(MAX_NAME);
const key = text(MAX_KEY);

function text(max: number) {
  const message = `must be a text of 1 to ${max} characters`;
  return z
    .string({ error: message })
    .min(1, { error: message })
    .max(max, { error: message })
    .refine((value) => value.isWellFormed(), { error: 'must not hold half a surrogate pair' });
}

/** Query parameters are texts. */
function limit(preset: number, max: number) {
  const error = `must be a whole number from 1 to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(max, { error }).default(preset);
}

const duration = z
  .string({ error: `must be a duration such as '15m'` })
  .refine((value) => parseDuration(value) !== undefined, { error: `must be a duration such as '15m'` });

const cursor = z.string().max(4_096).describe('`next` of the page before');

export const noInput = z.strictObject({});

export const overviewQuery = z.strictObject({ range: range.default('24h') });

export const typesQuery = z.strictObject({ range: range.default('30d') });

export const companiesQuery = z.strictObject({ range: range.default('30d'), limit: limit(100, 1_000) });

export const usersQuery = z.strictObject({
  search: name.optional().describe('part of the name, whatever its case'),
  limit: limit(100, 1_000),
});

export const entriesQuery = z.strictObject({
  type: name.optional(),
  companyId: name.optional(),
  tag: name.optional(),
  text: name.optional().describe('part of the key, whatever its case'),
  sort: z.enum(['key', 'created', 'expires', 'size', 'hits', 'accessed']).default('accessed'),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: limit(50, 200),
  after: cursor.optional(),
});

export const entryQuery = z.strictObject({ key });

export const activityQuery = z.strictObject({ limit: limit(50, 200), after: cursor.optional() });

/** The body of each action, a JSON object. */
export const actionBodies = {
  'refresh-entry': z.strictObject({ key }),
  'delete-entry': z.strictObject({ key }),
  clear: z.strictObject({}),
  'clear-company': z.strictObject({ companyId: name }),
  'clear-type': z.strictObject({ type: name }),
  'clear-tag': z.strictObject({ tag: name }),
  'set-type-ttl': z.strictObject({ type: name, ttl: duration.nullable().describe('null: as the code says') }),
  'set-type-enabled': z.strictObject({ type: name, enabled: z.boolean() }),
  'set-cache-enabled': z.strictObject({ enabled: z.boolean() }),
  'set-user-enabled': z.strictObject({ username: name, enabled: z.boolean() }),
  'run-warm-up': z.strictObject({ type: name.optional(), companyId: name.optional() }),
  'cancel-warm-up': z.strictObject({}),
} as const;
