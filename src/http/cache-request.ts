import { readCompanyId } from '../common/company-id.js';
import type { Selectable } from '../common/entry-selector.js';
import { Bypass } from './bypass.js';
import { canonicalJson } from './canonical-json.js';
import { isOddlySpeltNumber } from './company-spelling.js';
import { carriesCredentials } from './credentials.js';
import type { HttpRequest } from './http-types.js';
import { declaredHeaders, queryForKey } from './request-parts.js';
import { uriParts } from './request-uri.js';
import type { CacheablePlan } from './route-plan.js';

/** What finds an entry, and whose it is. */
export type EntryName = Omit<Selectable, 'tags'>;

/** A key longer than this is made of somebody's parameter values, and is not cached. */
const MAX_KEY_LENGTH = 2_048;

/**
 * Which entry answers this request. The key is the JSON text of a tuple, and JSON text is injective: two requests
 * share a key only if every part of it is the same. It stays readable in the file; hashing it would save bytes and
 * ask for a comparison of the full text besides.
 *
 * Parameters enter as they were sent, before any pipe: `1` and `01` are two entries, though a `ParseIntPipe` makes
 * one number of them. Pipes do not run on a hit; a request that they reject has a key of its own, and is never stored.
 * @throws {Bypass} when the request must not be answered from the cache.
 */
export function toEntryName(
  plan: CacheablePlan,
  request: HttpRequest,
  username: string | undefined,
): EntryName {
  const companyId = readCompany(plan, request);
  const audience = readAudience(plan, request, username, companyId);
  const parts = canonicalJson([
    companyId,
    audience,
    ...uriParts(request),
    queryForKey(plan, request),
    declaredHeaders(plan, request),
  ]);
  const key = `http:[${plan.keyHead},${parts.slice(1)}`;
  if (key.length > MAX_KEY_LENGTH) throw new Bypass('key-too-long');
  const owner = audience[0] === 'user' ? (username ?? null) : null;
  return { key, type: plan.type, companyId, username: owner };
}

function readCompany(plan: CacheablePlan, request: HttpRequest): string | null {
  const company = plan.company === undefined ? companyIdParameter(request) : plan.company(request);
  if (company === undefined || company === null) return null;
  const companyId = readCompanyId(company);
  if (companyId === undefined) throw new Bypass('company-type');
  // The handler's pipe would read the number 1 out of `01`, and its report would not go with the company 1.
  if (plan.company === undefined && isOddlySpeltNumber(companyId)) throw new Bypass('company-spelling');
  return companyId;
}

function companyIdParameter({ params, query }: HttpRequest): unknown {
  const read = (values: unknown): unknown =>
    (values as { companyId?: unknown } | null | undefined)?.companyId;
  return read(params) ?? read(query);
}

/** The part of the key that says who shares the entry. */
type Audience =
  readonly ['user', string] | readonly ['company'] | readonly ['global'] | readonly ['rights', string];

function readAudience(
  plan: CacheablePlan,
  request: HttpRequest,
  username: string | undefined,
  companyId: string | null,
): Audience {
  const { scope } = plan;
  if (typeof scope === 'function') return ['rights', readFingerprint(scope(request))];
  if (scope === 'global') return ['global'];
  if (username === undefined && (scope === 'user' || carriesCredentials(request)))
    throw new Bypass('no-identity');
  if (scope === 'company') {
    if (companyId === null) throw new Bypass('no-company');
    return ['company'];
  }
  return username === undefined ? ['global'] : ['user', username];
}

function readFingerprint(fingerprint: unknown): string {
  if (typeof fingerprint !== 'string' || fingerprint.length === 0) throw new Bypass('no-fingerprint');
  return fingerprint;
}

/**
 * The tags that a fill gives the entry. Apart from its name, for a hit does not need them.
 * @throws {Bypass} when they are none.
 */
export function readTags(plan: CacheablePlan, request: HttpRequest): readonly string[] {
  const tags: unknown = plan.tags(request);
  // A report whose tags are unknown could not be dropped by them.
  if (!Array.isArray(tags) || !tags.every(isTag)) throw new Bypass('tags-type');
  return [...new Set(tags)];
}

function isTag(tag: unknown): tag is string {
  return typeof tag === 'string' && tag.length > 0 && tag.length <= 200 && tag.isWellFormed();
}
