import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Bypass } from '../../../src/http/bypass.js';
import { toEntryName } from '../../../src/http/cache-request.js';
import type { HttpRequest } from '../../../src/http/http-types.js';
import type { CacheablePlan } from '../../../src/http/route-plan.js';
import { type HostileRun, tryAll } from './findings.js';
import { nastyJson, nastyText, ownFields } from './inputs.js';

const plan = {
  route: 'Reports.report',
  type: 'report',
  keyHead: '1,"Reports.report",null,"report"',
  company: undefined,
  scope: undefined,
  params: undefined,
  headers: ['x-view', 'x-year'],
} as unknown as CacheablePlan;

/** What makes an answer, beside the route. */
interface Ask {
  readonly query: Record<string, unknown>;
  readonly params: Record<string, unknown>;
  readonly view: string | undefined;
  readonly host: string;
  readonly username: string;
}

/** Query parsers give texts and lists; those of an app's own may give anything. */
const parameter = fc.oneof(
  { weight: 7, arbitrary: nastyText },
  { weight: 2, arbitrary: fc.array(nastyText, { maxLength: 3 }) },
  { weight: 1, arbitrary: nastyJson },
);
const parameters = fc.array(fc.tuple(nastyText, parameter), { maxLength: 3 }).map(ownFields);

const ask: fc.Arbitrary<Ask> = fc.record({
  query: parameters,
  params: fc.array(fc.tuple(nastyText, nastyText), { maxLength: 2 }).map(ownFields),
  view: fc.option(nastyText, { nil: undefined }),
  host: nastyText,
  username: nastyText.filter((name) => name.length > 0),
});

/** The other of two requests that a careless key would take for one. */
const nearMiss = fc.constantFrom<(ask: Ask) => Ask>(
  (one) => one,
  (one) => ({ ...one, query: one.params, params: one.query }),
  (one) => ({
    ...one,
    query: mapValues(one.query, (value) => (typeof value === 'number' ? `${value}` : value)),
  }),
  (one) => ({ ...one, query: mapValues(one.query, (value) => [value]) }),
  (one) => ({ ...one, query: mapValues(one.query, (value) => JSON.stringify(value)) }),
  (one) => ({ ...one, query: ownFields(Object.entries(one.query).reverse()) }),
  (one) => ({ ...one, query: ownFields([[JSON.stringify(one.query).slice(2, -2), '']]) }),
  (one) => ({ ...one, view: one.host, host: one.view ?? '' }),
  (one) => ({ ...one, view: one.view ?? 'null' }),
  (one) => ({ ...one, username: one.view ?? one.host }),
  (one) => ({ ...one, host: one.host.toLowerCase().trim() }),
);

/** Two requests share a key if, and only if, they ask for the same. */
export function runKeys(inputs: number): HostileRun {
  const pairs = fc.oneof(
    fc.tuple(ask, nearMiss).map(([one, change]) => [one, change(one)] as const),
    fc.tuple(ask, ask),
  );
  return tryAll(pairs, inputs, ([one, other]) => {
    const [key, otherKey] = [keyOf(one), keyOf(other)];
    if (key === undefined || otherKey === undefined || (key === otherKey) === isSame(one, other))
      return undefined;
    return key === otherKey ? 'two requests of one key' : 'two keys of one request';
  });
}

function keyOf({ query, params, view, host, username }: Ask): string | undefined {
  const headers = { 'x-view': view };
  const request = { method: 'GET', url: '/', protocol: 'http', headers, query, params, host } as HttpRequest;
  try {
    return toEntryName(plan, request, username).key;
  } catch (error) {
    // Past the cache: nothing is shared.
    if (error instanceof Bypass) return undefined;
    throw error;
  }
}

/** The order of fields does not make another request, nor does JSON's spelling of numbers. */
function isSame(one: Ask, other: Ask): boolean {
  return isDeepStrictEqual({ ...one, view: one.view ?? null }, { ...other, view: other.view ?? null });
}

function mapValues(
  object: Record<string, unknown>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return ownFields(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
