// Not vitest's equality where a field may be named `constructor` or `__proto__`: it takes these for the object's class.
import { deepStrictEqual } from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { UnreadableValueError, ValueCodec } from '../../src/cache/value-codec.js';
import { InvalidOptionsError, ValueNotCacheableError } from '../../src/common/errors.js';

const CjsDecimal = createRequire(import.meta.url)('decimal.js') as typeof Decimal;

const codec = new ValueCodec();

function roundTrip<T>(value: T, through = codec): T {
  return through.decode(through.encode(value)) as T;
}

function refusalOf(value: unknown, through = codec): ValueNotCacheableError {
  try {
    through.encode(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ValueNotCacheableError);
    return error as ValueNotCacheableError;
  }
  throw new Error('the value was not refused');
}

class Line {
  #secret = 'unset';
  constructor(
    readonly id: number,
    public net: unknown = null,
  ) {
    Line.constructed++;
    this.#secret = 'set';
  }
  static constructed = 0;
  get label(): string {
    return `line ${this.id}`;
  }
  reveal(): string {
    return this.#secret;
  }
}

describe('values keep their types', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'Bilanz'],
    ['an empty text', ''],
    ['lone surrogates', ['\ud800', 'a\udc00b', { '\udfff': 1 }]],
    ['lone surrogates beside a bigint', ['\ud800', 1n, { '\udfff': 1 }]],
    ['text beyond ASCII', ['Zürich', '東京', '👩‍💻', '\u2028', '</script>', '\0']],
    ['text beyond ASCII beside a bigint', ['Zürich', '東京', '👩‍💻', '\u2028', '</script>', '\0', 1n]],
    ['numbers', [0, 1, -1, 1e308, 5e-324, Number.MAX_SAFE_INTEGER]],
    ['NaN, infinities and -0', [NaN, Infinity, -Infinity, -0, { net: -0 }]],
    ['NaN as the value itself', NaN],
    ['-0 as the value itself', -0],
    ['a bigint', 2n ** 200n],
    ['a date', new Date('2026-03-31T22:00:00.001Z')],
    ['the first and last date', [new Date(-8.64e15), new Date(8.64e15)]],
    ['an invalid date', { at: new Date(NaN) }],
    ['undefined in objects and lists', { a: undefined, b: [undefined, 1] }],
    ['Map and Set, nested', new Map<unknown, unknown>([[{ k: 1 }, new Set([new Map([[1n, 'x']])])]])],
    ['empty Map, Set, list, object', [new Map(), new Set(), [], {}]],
    ['a Buffer', Buffer.from([0, 255, 10])],
    ['an empty Buffer', { bytes: Buffer.alloc(0) }],
    ['typed arrays', [new Uint8Array([1, 2]), new Float64Array([1.5, NaN]), new BigInt64Array([-1n])]],
    ['a view into a larger memory', new Uint16Array(new Uint16Array([1, 2, 3, 4]).buffer, 2, 2)],
    ['an ArrayBuffer and a DataView', [new Uint8Array([7, 8]).buffer, new DataView(new ArrayBuffer(3), 1)]],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1, b: [1n] })],
    [
      'decimals',
      ['0', '-0', '0.1', '-12345678901234567890.123456789', 'NaN', '-Infinity', '1e+5000'].map(
        (text) => new Decimal(text),
      ),
    ],
    [
      'fields named like those of the encoding',
      { Record: ['', 'a', 1], Binary: ['Buffer', ''], toStringTag: '[object Decimal]', big: 1n },
    ],
  ])('%s', (_, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('gives a Buffer back as a Buffer and a Uint8Array as a Uint8Array', () => {
    const [buffer, view] = roundTrip([Buffer.from('x'), new Uint8Array([1])] as const);
    expect(Buffer.isBuffer(buffer)).toBe(true);
    expect(Buffer.isBuffer(view)).toBe(false);
  });

  it('writes no byte of the memory around a view', () => {
    const memory = Buffer.from('before-SECRET-after');
    for (const view of [memory.subarray(7, 8), new Uint8Array(memory.buffer, memory.byteOffset + 7, 1)]) {
      expect(codec.encode(view).byteLength).toBeLessThan(60);
    }
  });

  it('keeps references that are shared, without writing them twice', () => {
    const region = { name: 'West'.repeat(100) };
    const back = roundTrip({ first: region, second: region });
    expect(back.first).toBe(back.second);
    let layers: unknown[] = [];
    for (let level = 0; level < 100; level++) layers = [layers, layers];
    expect(codec.encode(layers).byteLength).toBeLessThan(10_000);
  });

  it('writes plain JSON data as JSON', () => {
    const rows = [{ id: 1, region: 'West', sales: 10.5, note: null, tags: ['a'] }];
    expect(codec.encode(rows).toString()).toBe(`J${JSON.stringify(rows)}`);
  });
});

describe('decimals', () => {
  it('come back as the class that the app imports, from whichever copy they were made', () => {
    for (const decimal of [
      new Decimal('1.10'),
      new CjsDecimal('1.10'),
      new (Decimal.clone({ precision: 3 }))('1.10'),
    ]) {
      const back = roundTrip({ decimal }).decimal;
      expect(back).toBeInstanceOf(Decimal);
      expect(back.plus('0.2').toString()).toBe('1.3');
    }
  });

  it('come back as the class that is registered', () => {
    expect(CjsDecimal).not.toBe(Decimal);
    const back = roundTrip(new Decimal('2.5'), new ValueCodec([CjsDecimal]));
    expect(back).toBeInstanceOf(CjsDecimal);
  });

  it('are not rounded to the precision in force', () => {
    const Coarse = Decimal.clone({ precision: 2 });
    const text = '123456789.123456789';
    expect(roundTrip(new Decimal(text), new ValueCodec([Coarse])).toString()).toBe(text);
  });
});

describe('instances', () => {
  it('of a class that is not registered come back as plain objects with the same fields', () => {
    const line = new Line(1, new Date(0));
    const back = roundTrip({ lines: [line] });
    expect(back).toEqual({ lines: [line] });
    expect(Object.getPrototypeOf(back.lines[0])).toBe(Object.prototype);
  });

  it('of a registered class come back as instances, and the constructor does not run', () => {
    const models = new ValueCodec([Line]);
    const value = { lines: [new Line(1, 10n), new Line(2, new Line(3))] };
    const constructed = Line.constructed;
    const back = roundTrip(value, models);
    expect(back).toStrictEqual(value);
    expect(back.lines[0]?.label).toBe('line 1');
    expect(Line.constructed).toBe(constructed);
  });

  it('of a registered class may have no fields', () => {
    class Marker {}
    expect(roundTrip([new Marker()], new ValueCodec([Marker]))[0]).toBeInstanceOf(Marker);
  });

  it('do not run a setter of their class', () => {
    class Account {
      declare balance: number;
      set frozen(_: boolean) {
        throw new Error('the setter ran');
      }
    }
    const account = Object.defineProperty(new Account(), 'frozen', { value: true, enumerable: true });
    expect(Object.entries(roundTrip(account, new ValueCodec([Account])))).toEqual([['frozen', true]]);
  });

  it('of a class that is no longer registered are unreadable, so that the caller loads anew', () => {
    const bytes = new ValueCodec([Line]).encode(new Line(1));
    expect(() => codec.decode(bytes)).toThrow(UnreadableValueError);
  });

  it('nest as deep as anything else', () => {
    let line = new Line(0);
    for (let id = 1; id < 256; id++) line = new Line(id, line);
    const models = new ValueCodec([Line]);
    expect(models.encode(roundTrip(line, models))).toEqual(models.encode(line));
  });

  test('two models of one name are refused', () => {
    const other = { Line: class Line {} };
    expect(() => new ValueCodec([Line, other.Line])).toThrow(InvalidOptionsError);
  });

  test.each([[class Rows extends Map {}], [class Day extends Date {}], [class List extends Array {}], [Set]])(
    'a model whose content sits outside its fields is refused: %o',
    (model) => {
      expect(() => new ValueCodec([model])).toThrow(/cannot be rebuilt/);
    },
  );
});

describe('what cannot come back is refused by its path', () => {
  const circle: Record<string, unknown> = { a: { b: [] } };
  (circle['a'] as { b: unknown[] }).b.push(circle);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown, string, RegExp]>([
    ['undefined itself', undefined, '', /means a miss/],
    ['a function', { rows: [1, 2, 3, { render: () => 1 }] }, 'rows[3].render', /is a function/],
    ['a function itself', () => 1, '', /the value itself is a function/],
    ['a symbol', { 'odd name': Symbol('x') }, '["odd name"]', /is a symbol/],
    ['a field named by a symbol', { a: { [Symbol('hidden')]: 1 } }, 'a', /Symbol\(hidden\)/],
    ['a promise', [Promise.resolve(1)], '[0]', /is a promise/],
    [
      'a thenable instance',
      {
        q: new (class Query {
          sql = '';
          then() {}
        })(),
      },
      'q',
      /is a promise/,
    ],
    ['a Map value', new Map([['west', { f: () => 1 }]]), 'get("west").f', /is a function/],
    ['a Map value under an object', { m: new Map([[{}, Symbol('x')]]) }, 'm.values()[0]', /is a symbol/],
    [
      'a Map key',
      {
        m: new Map([
          [1, 1],
          [Symbol('k') as never, 2],
        ]),
      },
      'm.keys()[1]',
      /is a symbol/,
    ],
    ['a Set member', { s: new Set([1, () => 1]) }, 's.values()[1]', /is a function/],
    ['a weak collection', { w: new WeakMap() }, 'w', /weak collection/],
    ['a stream', { file: Readable.from(['x']) }, 'file', /is a stream/],
    ['an error', { failure: Object.assign(new Error('x'), { code: 1 }) }, 'failure', /is an error/],
    ['a boxed primitive', { n: Object('text') }, 'n', /boxed primitive/],
    ['a regular expression', [/x/], '[0]', /regular expression/],
    ['hidden state', { u: new URL('http://localhost/') }, 'u', /instance of URL without fields/],
    [
      'an accessor',
      {
        a: {
          get b() {
            return 1;
          },
        },
      },
      'a.b',
      /is an accessor/,
    ],
    ['a list with a hole', { l: [1, , 3] }, 'l', /holes/],
    ['a list with a hole and a field', { l: Object.assign([1, , 3], { x: 1 }) }, 'l', /holes/],
    ['a huge list of holes', { l: new Array(4_000_000_000) }, 'l', /holes/],
    ['a list with a field', { l: Object.assign([1], { total: 1 }) }, 'l', /fields beside/],
    ['a Date with a field', { d: Object.assign(new Date(), { zone: 'x' }) }, 'd', /fields of its own/],
    ['shared memory', { m: new SharedArrayBuffer(1) }, 'm', /shared memory/],
    ['a circle', circle, 'a.b[0]', /refers back/],
    [
      'a circle through a Map',
      (() => {
        const m = new Map<string, unknown>();
        return m.set('self', m);
      })(),
      'get("self")',
      /refers back/,
    ],
    ['a revoked proxy', { p: revoked.proxy }, 'p', /cannot be read/],
  ])('%s', (_, value, path, reason) => {
    const refusal = refusalOf(value);
    expect(refusal.path).toBe(path);
    expect(refusal.message).toMatch(reason);
  });

  it('refuses a nesting of 10,000 levels and accepts one of 256', () => {
    const nest = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = wrap(value);
      return value;
    };
    for (const wrap of [(v: unknown) => [v], (v: unknown) => ({ v }), (v: unknown) => new Map([[1, v]])]) {
      expect(refusalOf(nest(10_000, wrap)).message).toMatch(/more than 256 levels/);
      const fits = nest(256, wrap);
      expect(codec.encode(roundTrip(fits))).toEqual(codec.encode(fits));
    }
  });

  it('needs decimal.js or a registered class only for Decimals', () => {
    const DecimalOfApp = Decimal.clone();
    expect(roundTrip({ d: new DecimalOfApp(1) }, new ValueCodec([DecimalOfApp])).d).toBeInstanceOf(
      DecimalOfApp,
    );
  });
});

describe('hostile names', () => {
  const parseable = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';

  test.each([
    ['as JSON', JSON.parse(parseable)],
    ['beside a bigint', { big: 1n, data: JSON.parse(parseable) }],
    [
      'without a prototype',
      Object.defineProperty(Object.create(null), '__proto__', { value: 1n, enumerable: true }),
    ],
  ])('come back as own fields and change no prototype: %s', (_, value) => {
    const back = roundTrip(value) as object;
    expect(Object.getOwnPropertyNames(back)).toEqual(Object.getOwnPropertyNames(value));
    deepStrictEqual(back, value);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('cannot give an instance another prototype', () => {
    const models = new ValueCodec([Line]);
    const line = Object.defineProperty(new Line(1), '__proto__', { value: { id: 2 }, enumerable: true });
    expect(Object.getPrototypeOf(roundTrip(line, models))).toBe(Line.prototype);
  });
});

describe('any value', () => {
  const anything = fc.anything({
    withBigInt: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    key: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', 'Record', 'length'),
    ),
    values: [
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0xd7ff, max: 0xe000 }).map((code) => String.fromCharCode(code)) }),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      // An invalid date is unequal to itself here; it has its own line above.
      fc.date({ noInvalidDate: true }),
      fc.double().map((number) => new Decimal(number)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.integer().map((id) => new Line(id, { id })),
    ],
  });

  it('comes back equal', () => {
    const models = new ValueCodec([Line]);
    fc.assert(
      fc.property(
        anything.filter((value) => value !== undefined),
        (value) => {
          const bytes = models.encode(value);
          const back = models.decode(bytes);
          deepStrictEqual(back, value);
          expect(models.encode(back)).toEqual(bytes);
        },
      ),
      { numRuns: 2_500 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('of plain JSON comes back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        deepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of garbage is refused as unreadable or read as data, and pollutes nothing', () => {
    const names = Object.getOwnPropertyNames(Object.prototype).join();
    const good = codec.encode({
      a: [1n, new Date(0), new Map([['k', Buffer.from('x')]])],
      d: new Decimal(1),
      l: new Line(1),
    });
    const damaged = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((bytes, [at, byte]) => (bytes.writeUInt8(byte, at), bytes), Buffer.from(good)),
      );
    const token = fc.oneof(
      fc.integer({ min: -8, max: 6 }),
      fc.constantFrom(
        'Record',
        'Binary',
        'Decimal',
        'Map',
        'Set',
        'Date',
        'null',
        'Object',
        '__proto__',
        '',
        'Uint8Array',
        'x',
      ),
    );
    const forged = fc
      .array(
        fc.oneof(
          token,
          fc.array(token, { maxLength: 5 }),
          fc.dictionary(fc.constantFrom('a', '__proto__', 'constructor'), token),
        ),
      )
      .map((parts) => Buffer.from(`T${JSON.stringify(parts)}`));
    const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(damaged, forged, noise), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableValueError);
        }
        expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(names);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['no bytes', ''],
    ['an unknown first byte', 'X{}'],
    ['half a JSON text', 'J{"a":'],
    ['no text at all', 'T'],
    ['a circle of kinds', 'T[["Record",0]]'],
    ['a list of 4 thousand million holes is not built', 'T[["Record",1],[-7,4294967295]]'],
    ['an unknown view', 'T[["Binary",1],[2,3],"constructor","AA=="]'],
    ['bytes as long as a list says it is', 'T[["Binary",1],[2,3],"Buffer",{"length":4},4000000000]'],
    ['a Decimal of a list', 'T[["Decimal",1],[2,3],1,2]'],
    ['a Decimal in another base, which would take seconds', `T[["Decimal",1],"0x${'f'.repeat(50_000)}"]`],
    ['a field whose name is a list', 'T[["Record",1],[2,3,4],"",[4],1]'],
    [
      'a nesting that overflows the stack',
      `T[${Array.from({ length: 200_000 }, (_, i) => `[${i + 1}]`).join()},1]`,
    ],
  ])('that is garbage is unreadable: %s', (_, text) => {
    expect(() => codec.decode(Buffer.from(text))).toThrow(UnreadableValueError);
  });
});
