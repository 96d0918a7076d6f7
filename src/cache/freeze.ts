import { types } from 'node:util';

/**
 * Makes a decoded value safe to hand to several callers: whoever tries to change it gets a TypeError. Objects and lists
 * are frozen; Date, Map and Set, whose content freezing does not reach, lose their mutators. They stay `instanceof`
 * their class and equal to their like.
 * @returns `false` when the value holds bytes (Buffer, typed array, ArrayBuffer), which cannot be frozen: then every
 * caller needs a copy of its own. The value may be frozen in part.
 */
export function deepFreeze(value: unknown): boolean {
  return freeze(value, new Set());
}

function freeze(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return true;
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return false;
  seen.add(value);
  removeMutators(value);
  Object.freeze(value);
  return contentOf(value).every((part) => freeze(part, seen));
}

function contentOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (types.isMap(value)) return [...value].flat();
  if (types.isSet(value)) return [...value];
  // Functions, such as the class every Decimal holds in a field, are passed by.
  return Object.values(value);
}

function removeMutators(value: object): void {
  if (types.isDate(value)) Object.setPrototypeOf(value, readOnlyDate);
  else if (types.isMap(value)) Object.setPrototypeOf(value, readOnlyMap);
  else if (types.isSet(value)) Object.setPrototypeOf(value, readOnlySet);
}

const dateMutators = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'));
const readOnlyDate = withoutMutators(Date.prototype, dateMutators);
const readOnlyMap = withoutMutators(Map.prototype, ['set', 'delete', 'clear']);
const readOnlySet = withoutMutators(Set.prototype, ['add', 'delete', 'clear']);

/** A prototype below the given one, on which the named methods throw. */
function withoutMutators(prototype: object, names: readonly string[]): object {
  const refusals = names.map((name) => [name, { value: refuse }] as const);
  return Object.create(prototype, Object.fromEntries(refusals)) as object;
}

function refuse(): never {
  throw new TypeError('This value comes from the cache and is shared: copy it before you change it');
}
