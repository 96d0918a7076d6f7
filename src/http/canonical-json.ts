import { Bypass } from './bypass.js';

/**
 * JSON text in which the order of object keys does not matter. Two values that JSON can tell apart have different
 * texts; a field that is `undefined` counts as absent.
 * @throws {Bypass} for what JSON would change (a Map, a Date, NaN, -0): two such values could share a text.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (isPlainObject(value)) return `{${canonicalFields(value).join(',')}}`;
  throw new Bypass('parameter-type');
}

function canonicalFields(object: Record<string, unknown>): string[] {
  return Object.keys(object)
    .sort()
    .filter((key) => object[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
}

/** Query parsers give objects without a prototype, or with an empty one. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
