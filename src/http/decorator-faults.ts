import { parseDuration } from '../common/duration.js';
import type { CacheEvictOptions } from './cache-evict.decorator.js';
import type { CacheableOptions } from './cacheable.decorator.js';

const CACHEABLE_OPTIONS: Readonly<Record<keyof CacheableOptions, true>> = {
  type: true,
  ttl: true,
  company: true,
  scope: true,
  params: true,
  headers: true,
  tags: true,
  grace: true,
  softTimeout: true,
  earlyRefresh: true,
  jitter: true,
  condition: true,
  unless: true,
};

const EVICT_OPTIONS: Readonly<Record<keyof CacheEvictOptions, true>> = {
  type: true,
  company: true,
  tags: true,
};

/** Everything that is wrong with the options of a `@Cacheable()`. */
export function findCacheableFaults(options: CacheableOptions): string[] {
  if (!isObject(options)) return NO_OBJECT;
  const { type, ttl, company, scope, params, headers, tags, condition, unless } = options;
  const { grace, softTimeout, earlyRefresh, jitter } = options;
  return [
    ...findUnknown(options, CACHEABLE_OPTIONS),
    ...checkType(type),
    ...(typeof ttl === 'function' ? [] : checkDuration('ttl', ttl)),
    ...checkDuration('grace', grace),
    ...checkDuration('softTimeout', softTimeout),
    ...checkNumber('earlyRefresh', earlyRefresh, (value) => value > 0, 'a number above 0'),
    ...checkNumber('jitter', jitter, (value) => value >= 0 && value <= 1, 'a number from 0 to 1'),
    ...mustBeFunction({ company, condition, unless }),
    ...(isScope(scope) ? [] : [`scope must be 'user', 'company', 'global' or a function`]),
    ...(params === undefined || isTextList(params) ? [] : ['params must be a list of parameter names']),
    ...(headers === undefined || isHeaderList(headers) ? [] : ['headers must be a list of header names']),
    ...checkTags(tags),
  ];
}

/** Everything that is wrong with the options of a `@CacheEvict()`. */
export function findEvictFaults(options: CacheEvictOptions): string[] {
  if (!isObject(options)) return NO_OBJECT;
  const { type, company, tags } = options;
  return [
    ...findUnknown(options, EVICT_OPTIONS),
    ...checkType(type),
    ...mustBeFunction({ company }),
    ...checkTags(tags),
  ];
}

const NO_OBJECT = ['the options must be an object'];

function isObject(options: unknown): boolean {
  return typeof options === 'object' && options !== null;
}

function findUnknown(options: object, known: object): string[] {
  return Object.keys(options)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `${name} is not an option`);
}

function checkType(type: unknown): string[] {
  const valid = type === undefined || (isShortText(type) && type.trim().length > 0);
  return valid ? [] : ['type must be a text of 1 to 200 characters'];
}

function checkDuration(option: string, value: unknown): string[] {
  if (value === undefined || parseDuration(value) !== undefined) return [];
  return [`${option} must be a duration above zero, such as '15m' or 900000, not ${show(value)}`];
}

/** JSON alone would throw on a bigint and on a circle. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
}

function checkNumber(
  option: string,
  value: unknown,
  isValid: (value: number) => boolean,
  expected: string,
): string[] {
  const valid =
    value === undefined || (typeof value === 'number' && Number.isFinite(value) && isValid(value));
  return valid ? [] : [`${option} must be ${expected}`];
}

function checkTags(tags: unknown): string[] {
  const valid =
    tags === undefined || typeof tags === 'function' || (isTextList(tags) && tags.every(isShortText));
  return valid ? [] : ['tags must be a list of texts of 1 to 200 characters, or a function that returns one'];
}

function mustBeFunction(options: Record<string, unknown>): string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && typeof value !== 'function')
    .map(([name]) => `${name} must be a function of the request`);
}

function isScope(scope: unknown): boolean {
  return (
    scope === undefined ||
    typeof scope === 'function' ||
    ['user', 'company', 'global'].includes(scope as string)
  );
}

/** Field names of RFC 9110, section 5.1; `*` is one by its syntax, and means something else in `Vary`. */
function isHeaderList(value: unknown): boolean {
  return isTextList(value) && value.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && name !== '*');
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item.length > 0);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && value.isWellFormed();
}
