import { Bypass } from './bypass.js';

/**
 * JSON text in which the order of object keys does not matter. Two values that JSON can tell apart have different
 * texts; a field that is `undefined` counts as absent.
 * @throws {Bypass} for what JSON would change (a Map, a Date, NaN, -0): two such values could share a text.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  if (Array.isArray(value)) return canonicalList(value);
  if (isPlainObject(value)) return canonicalObject(value);
  throw new Bypass('parameter-type');
}

// Loops and concatenation instead of map() and join(), here and below: every hit builds a key.
function canonicalList(list: readonly unknown[]): string {
  let items = '';
  for (let index = 0; index < list.length; index += 1) {
    items += index === 0 ? canonicalJson(list[index]) : `,${canonicalJson(list[index])}`;
  }
  return `[${items}]`;
}

function canonicalObject(object: Record<string, unknown>): string {
  let fields = '';
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value !== undefined) fields += `${fields === '' ? '' : ','}${quote(key)}:${canonicalJson(value)}`;
  }
  return `{${fields}}`;
}

/** Most texts of a request need no escaping, and JSON.stringify costs several times this test. */
function quote(text: string): string {
  return /^[\w .:/@+-]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Query parsers give objects without a prototype, or with an empty one. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
