import { readCompanyId } from '../common/company-id.js';
import type { Selectable } from '../common/entry-selector.js';
import type { HttpRequest } from './http-types.js';
import { canonicalJson, declaredHeaders, declaredQuery } from './request-parts.js';
import type { CacheablePlan } from './route-plan.js';

/** Why a request goes past the cache. */
export type BypassReason =
  | 'method'
  | 'condition'
  | 'user-off'
  | 'no-identity'
  | 'no-company'
  | 'no-fingerprint'
  | 'company-type'
  | 'tags-type'
  | 'key-too-long'
  | 'option-failed';

/** A request goes past the cache; thrown inside this room only. */
export class Bypass extends Error {
  constructor(readonly reason: BypassReason) {
    super(reason);
  }
}

/** A key longer than this is made of somebody's parameter values, and is not cached. */
const MAX_KEY_LENGTH = 2_048;

/** Raised when what a key means changes: entries of an older version are then never found again. */
const KEY_VERSION = 1;

/**
 * Which entry answers this request. The key is the JSON text of a tuple, and JSON text is injective: two requests
 * share a key only if every part of it is the same. It stays readable in the file; hashing it would save bytes and
 * ask for a comparison of the full text besides.
 * @throws {Bypass} when the request must not be answered from the cache.
 */
export function toTarget(
  plan: CacheablePlan,
  request: HttpRequest,
  username: string | undefined,
): Selectable {
  const companyId = readCompany(plan, request);
  const audience = readAudience(plan, request, username, companyId);
  const key = `http:${canonicalJson([
    KEY_VERSION,
    plan.route,
    plan.type,
    companyId,
    audience,
    request.params ?? {},
    declaredQuery(plan, request),
    declaredHeaders(plan, request),
  ])}`;
  if (key.length > MAX_KEY_LENGTH) throw new Bypass('key-too-long');
  const owner = audience[0] === 'user' ? (username ?? null) : null;
  return { key, type: plan.type, companyId, username: owner, tags: readTags(plan, request) };
}

function readCompany(plan: CacheablePlan, request: HttpRequest): string | null {
  const company = plan.company(request);
  if (company === undefined || company === null) return null;
  const companyId = readCompanyId(company);
  if (companyId === undefined) throw new Bypass('company-type');
  return companyId;
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

function carriesCredentials({ headers, user }: HttpRequest): boolean {
  const names = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];
  return (user !== undefined && user !== null) || names.some((name) => headers[name] !== undefined);
}

function readTags(plan: CacheablePlan, request: HttpRequest): readonly string[] {
  const tags: unknown = plan.tags(request);
  const isTagList = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && tag.length > 0);
  // A report whose tags are unknown could not be dropped by them.
  if (!isTagList) throw new Bypass('tags-type');
  return [...new Set(tags as string[])];
}
