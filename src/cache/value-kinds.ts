import { types } from 'node:util';
import { type DecimalLike, isDecimal } from './decimal.js';
import type { ModelRegistry } from './model-registry.js';

/** How one kind of value that devalue does not know is written and read; `reduce` gives `undefined` for any other value. */
export interface ValueKind {
  readonly reduce: (value: unknown) => unknown;
  readonly revive: (content: unknown) => unknown;
}

/** Everything binary. A view is written as the bytes it shows: devalue would write all of the memory below it. */
const binary: ValueKind = {
  reduce: (value) => {
    if (!ArrayBuffer.isView(value) && !types.isArrayBuffer(value)) return undefined;
    return [binaryName(value), toBuffer(value).toString('base64')];
  },
  revive: (content) => {
    const [name, base64] = requireTexts(content);
    const bytes = Buffer.from(base64, 'base64');
    if (name === 'Buffer') return bytes;
    // Copied: a Buffer may start at any byte of Node's pool, and wider elements must be aligned.
    const memory = new Uint8Array(bytes).buffer;
    if (name === 'ArrayBuffer') return memory;
    if (!Object.hasOwn(viewClasses, name)) throw new TypeError(`unknown kind of bytes: ${name}`);
    const View: new (memory: ArrayBuffer) => ArrayBufferView = viewClasses[name as keyof typeof viewClasses];
    return new View(memory);
  },
};

const viewClasses = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

function binaryName(value: ArrayBufferView | ArrayBuffer): string {
  if (Buffer.isBuffer(value)) return 'Buffer';
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function toBuffer(value: ArrayBufferView | ArrayBuffer): Buffer {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
}

/** A row may hold anything: of a list-like object `Buffer.from` would make as many bytes as its `length` says. */
function requireTexts(content: unknown): [string, string] {
  const [name, base64] = content as [unknown, unknown];
  if (typeof name === 'string' && typeof base64 === 'string') return [name, base64];
  throw new TypeError('no bytes in base64');
}

/** What `valueOf()` writes. decimal.js reads other bases as well, in quadratic time, and other copies' objects unchecked. */
const DECIMAL_TEXT = /^(NaN|-?Infinity|-?\d+(\.\d+)?(e[+-]\d+)?)$/;

function decimals(registry: ModelRegistry): ValueKind {
  return {
    reduce: (value) => (isObject(value) && isDecimal(value) ? value.valueOf() : undefined),
    revive: (text): DecimalLike => {
      const Decimal = registry.decimalClass();
      if (Decimal === undefined) throw new TypeError('decimal.js is not installed');
      if (typeof text !== 'string' || !DECIMAL_TEXT.test(text)) throw new TypeError('no text of a Decimal');
      return new Decimal(text);
    },
  };
}

/** Instances of classes, and plain objects with an own field `__proto__`, which devalue refuses. */
function records(registry: ModelRegistry): ValueKind {
  return {
    reduce: (value) => {
      if (!isObject(value) || Array.isArray(value)) return undefined;
      const prototype = Object.getPrototypeOf(value) as object | null;
      const isPlain = prototype === Object.prototype || prototype === null;
      if (isPlain && !Object.hasOwn(value, '__proto__')) return undefined;
      const model = prototype === null ? null : (registry.nameOf(prototype) ?? '');
      if (model === '' && (types.isDate(value) || types.isMap(value) || types.isSet(value))) return undefined;
      return [model, ...Object.entries(value as Record<string, unknown>).flat()];
    },
    revive: (content) => {
      const [model, ...fields] = content as [string | null, ...unknown[]];
      return rebuild(Object.create(prototypeOf(model, registry)) as object, fields);
    },
  };
}

function prototypeOf(model: string | null, registry: ModelRegistry): object | null {
  if (model === null) return null;
  const prototype = model === '' ? Object.prototype : registry.prototypeOf(model);
  if (prototype === undefined) throw new TypeError(`the class ${model} is not among the option 'models'`);
  return prototype;
}

function rebuild(target: object, fields: readonly unknown[]): object {
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index];
    if (typeof name !== 'string') throw new TypeError('a field without a name');
    // Assigned, a field named `__proto__` would replace the prototype and a setter of the class would run.
    Object.defineProperty(target, name, {
      value: fields[index + 1],
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return target;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The kinds by the name they are stored under, in the order they are tried. */
export function valueKinds(registry: ModelRegistry): Readonly<Record<string, ValueKind>> {
  return { Binary: binary, Decimal: decimals(registry), Record: records(registry) };
}
