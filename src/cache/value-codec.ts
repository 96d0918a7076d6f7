import { isAscii } from 'node:buffer';
import { parse, stringify } from 'devalue';
import { ValueNotCacheableError } from '../common/errors.js';
import type { Constructor } from '../common/options.js';
import { ModelRegistry } from './model-registry.js';
import { type GuardContext, inspectValue } from './value-guard.js';
import { valueKinds } from './value-kinds.js';

/** First byte of an encoded value: what the text behind it is. */
const JSON_TEXT = 'J';
const TYPED_TEXT = 'T';

/** Bytes that no codec of this version wrote, or that hold an instance of a class no longer among the `models`. */
export class UnreadableValueError extends Error {
  override readonly name = 'UnreadableValueError';
}

/**
 * Values to bytes and back, keeping their types: Date, bigint, Decimal, Buffer, typed arrays, Map, Set, undefined in
 * objects and lists, NaN, infinities, -0 and shared references. Instances of the given classes come back as instances,
 * without their constructor being run; those of any other class as plain objects with the same fields.
 */
export class ValueCodec {
  /** Stored beside the bytes; changes whenever older bytes could be read wrongly. */
  readonly format = 'value/1';
  private readonly guard: GuardContext;
  private readonly reducers: Record<string, (value: unknown) => unknown>;
  private readonly revivers: Record<string, (content: unknown) => unknown>;

  /** @throws {InvalidOptionsError} when two models share a name, or one cannot be rebuilt from its fields. */
  constructor(models: readonly Constructor[] = []) {
    const registry = new ModelRegistry(models);
    const kinds = Object.entries(valueKinds(registry));
    this.guard = {
      isModel: (prototype) => registry.nameOf(prototype) !== undefined,
      hasDecimal: () => registry.decimalClass() !== undefined,
    };
    this.reducers = Object.fromEntries(kinds.map(([name, kind]) => [name, kind.reduce]));
    this.revivers = Object.fromEntries(kinds.map(([name, kind]) => [name, kind.revive]));
  }

  /**
   * @throws {ValueNotCacheableError} naming the path of what could not come back: functions, symbols, promises, streams,
   * errors, accessors, lists with holes, circles, instances without fields, more than 256 levels; and `undefined` itself.
   */
  encode(value: unknown): Buffer {
    const kind = inspectValue(value, this.guard);
    try {
      return kind === 'json'
        ? Buffer.from(JSON_TEXT + JSON.stringify(value))
        : Buffer.from(TYPED_TEXT + stringify(value, this.reducers));
    } catch (cause) {
      throw new ValueNotCacheableError('', 'cannot be written, or is too large for one text', { cause });
    }
  }

  /** @throws {UnreadableValueError} `cause` tells why. */
  decode(bytes: Buffer): unknown {
    try {
      const text = textOf(bytes);
      switch (String.fromCharCode(bytes[0] ?? 0)) {
        case JSON_TEXT:
          return JSON.parse(text);
        case TYPED_TEXT:
          return parse(text, this.revivers, { operations: { createSparseArray: refuseSparse } });
        default:
          throw new TypeError('unknown first byte');
      }
    } catch (cause) {
      throw new UnreadableValueError('The bytes are no value of this codec', { cause });
    }
  }
}

/** No value with holes was ever written; a damaged length of 4,000 million would keep whoever walks the list busy for minutes. */
function refuseSparse(): never {
  throw new TypeError('a list with holes');
}

function textOf(bytes: Buffer): string {
  // One byte a character spares JSON.parse half its work, and the check costs next to nothing.
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8', 1);
}
