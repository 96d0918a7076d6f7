import { types } from 'node:util';
import { ValueNotCacheableError } from '../common/errors.js';
import { isDecimal } from './decimal.js';
import { collectionStep, formatPath, type PathStep } from './value-path.js';

/** Levels a value may be nested. Far above any report, and far below what overflows a stack while it is written or read. */
export const MAX_DEPTH = 256;

/** What the guard must know of its surroundings. */
export interface GuardContext {
  /** Whether instances of this prototype come back as such. */
  readonly isModel: (prototype: object) => boolean;
  /** Whether a Decimal could be built again. */
  readonly hasDecimal: () => boolean;
}

/**
 * Walks a value once, and refuses what could not come back equal.
 * @returns `'json'` when `JSON.stringify` loses nothing of it, `'typed'` when its types must be written too.
 * @throws {ValueNotCacheableError} naming the path of the first fault.
 */
export function inspectValue(value: unknown, context: GuardContext): 'json' | 'typed' {
  const guard = new ValueGuard(context);
  guard.inspect(value);
  return guard.isJson ? 'json' : 'typed';
}

class ValueGuard {
  isJson = true;
  private readonly path: PathStep[] = [];
  private readonly parents: object[] = [];
  private readonly seen = new Set<object>();

  constructor(private readonly context: GuardContext) {}

  inspect(value: unknown): void {
    if (value === undefined) this.refuse('is undefined, which means a miss; cache null instead');
    try {
      this.visit(value);
    } catch (error) {
      if (error instanceof ValueNotCacheableError) throw error;
      // A revoked proxy, or one whose trap throws. The path still points at it.
      this.refuse('cannot be read', error);
    }
  }

  private visit(value: unknown): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.isJson = false;
        return;
      case 'undefined':
      case 'bigint':
        this.isJson = false;
        return;
      case 'function':
        return this.refuse('is a function');
      case 'symbol':
        return this.refuse('is a symbol');
      case 'object':
        if (value !== null) this.visitObject(value);
        return;
    }
  }

  private visitObject(value: object): void {
    if (this.seen.has(value)) return this.visitAgain(value);
    if (this.path.length >= MAX_DEPTH) this.refuseDepth();
    this.seen.add(value);
    this.parents.push(value);
    this.visitContent(value);
    this.parents.pop();
  }

  private visitAgain(value: object): void {
    if (this.parents.includes(value)) this.refuse('refers back to an object that holds it');
    this.isJson = false;
  }

  private visitContent(value: object): void {
    if (Array.isArray(value)) return this.visitArray(value);
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Object.prototype) return this.visitFields(value);
    this.isJson = false;
    if (prototype === null || this.context.isModel(prototype)) return this.visitFields(value);
    if (types.isDate(value) || types.isAnyArrayBuffer(value)) return this.visitLeaf(value);
    if (types.isMap(value)) return this.visitMap(value);
    if (types.isSet(value)) return this.visitSet(value);
    if (ArrayBuffer.isView(value)) return;
    if (isDecimal(value)) return this.visitDecimal();
    this.visitInstance(value, prototype);
  }

  private visitArray(list: readonly unknown[]): void {
    const { length } = list;
    // Index keys come first and in order, so these two conditions leave room for neither holes nor other fields.
    const keys = Object.keys(list);
    if (keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1))) {
      this.refuse('is a list with holes or with fields beside its elements');
    }
    this.refuseSymbolKeys(list);
    for (let index = 0; index < length; index++) this.step(index, list[index]);
  }

  private visitFields(value: object): void {
    this.refuseSymbolKeys(value);
    for (const key of Object.keys(value)) {
      const field = Object.getOwnPropertyDescriptor(value, key);
      if (field !== undefined && !('value' in field)) this.refuseAt(key, 'is an accessor, not a plain field');
      this.step(key, field?.value);
    }
  }

  private visitMap(map: ReadonlyMap<unknown, unknown>): void {
    this.visitLeaf(map);
    let index = 0;
    for (const [key, value] of map) {
      this.step(collectionStep.key(index), key);
      this.step(collectionStep.value(key, index), value);
      index++;
    }
  }

  private visitSet(set: ReadonlySet<unknown>): void {
    this.visitLeaf(set);
    let index = 0;
    for (const member of set) this.step(collectionStep.member(index++), member);
  }

  private visitLeaf(value: object): void {
    if (types.isSharedArrayBuffer(value)) this.refuse('is shared memory');
    if (Object.keys(value).length > 0) this.refuse('has fields of its own beside its content');
    this.refuseSymbolKeys(value);
  }

  private visitDecimal(): void {
    if (!this.context.hasDecimal()) {
      this.refuse(
        `is a Decimal, and the package decimal.js is not installed; name its class in the option 'models'`,
      );
    }
  }

  private visitInstance(value: object, prototype: object): void {
    const kind = kindOfUnreadable(value);
    if (kind !== undefined) this.refuse(`is ${kind}`);
    // Any realm's Object.prototype, as a test runner's sandbox has its own.
    const isPlain = Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
    if (!isPlain && Object.keys(value).length === 0) {
      this.refuse(
        `is an instance of ${className(value)} without fields; whatever it holds is hidden and would be lost`,
      );
    }
    this.visitFields(value);
  }

  private step(step: PathStep, value: unknown): void {
    this.path.push(step);
    this.visit(value);
    this.path.pop();
  }

  private refuseSymbolKeys(value: object): void {
    const symbols = Object.getOwnPropertySymbols(value);
    if (symbols.length === 0) return;
    const visible = symbols.find((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    if (visible !== undefined) this.refuse(`has a field named by a symbol, ${String(visible)}`);
  }

  private refuseAt(step: PathStep, reason: string): never {
    this.path.push(step);
    this.refuse(reason);
  }

  private refuseDepth(): never {
    throw new ValueNotCacheableError(
      `${formatPath(this.path.slice(0, 5))}…`,
      `is nested more than ${MAX_DEPTH} levels deep`,
    );
  }

  private refuse(reason: string, cause?: unknown): never {
    throw new ValueNotCacheableError(formatPath(this.path), reason, { cause });
  }
}

/** Things that may have fields of their own and still are more than these. */
function kindOfUnreadable(value: object): string | undefined {
  const { then, pipe } = value as { then?: unknown; pipe?: unknown };
  if (types.isPromise(value) || typeof then === 'function') return 'a promise';
  if (typeof pipe === 'function') return 'a stream';
  if (types.isNativeError(value) || value instanceof Error) return 'an error';
  if (types.isBoxedPrimitive(value)) return 'a boxed primitive';
  if (types.isRegExp(value)) return 'a regular expression';
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'a weak collection';
  return undefined;
}

function className(value: object): string {
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'an unnamed class';
}
