import { Decimal } from 'decimal.js';
import { describe, expect, it, test } from 'vitest';
import { deepFreeze } from '../../src/cache/freeze.js';

function frozen<T>(value: T): T {
  expect(deepFreeze(value)).toBe(true);
  return value;
}

const build = () => ({
  rows: [1, 2].map((id) => ({ id, at: new Date(id), net: new Decimal('1.5') })),
  byRegion: new Map([['west', { total: 1n }]]),
  regions: new Set(['west']),
  keyed: new Map([[{ id: 1 }, 'x']]),
});

type Report = ReturnType<typeof build>;

test.each<[string, (report: Report) => unknown]>([
  ['a field', (report) => (report.rows = [])],
  ['a new field', (report) => Object.assign(report, { extra: 1 })],
  ['a deleted field', (report) => delete (report as Partial<Report>).rows],
  ['a list', (report) => report.rows.push({ id: 2, at: new Date(), net: new Decimal(1) })],
  ['the order of a list', (report) => report.rows.reverse()],
  ['a field of an element', (report) => (report.rows[0]!.id = 2)],
  ['a date', (report) => report.rows[0]!.at.setFullYear(1999)],
  ['a date by its time', (report) => report.rows[0]!.at.setTime(1)],
  ['a Map', (report) => report.byRegion.set('east', { total: 2n })],
  ['a Map by deletion', (report) => report.byRegion.delete('west')],
  ['a Map by clearing', (report) => report.byRegion.clear()],
  ['a value in a Map', (report) => (report.byRegion.get('west')!.total = 2n)],
  ['a key of a Map', (report) => ([...report.keyed.keys()][0]!.id = 2)],
  ['a Set', (report) => report.regions.add('east')],
  ['a Set by deletion', (report) => report.regions.delete('west')],
  ['a Set by clearing', (report) => report.regions.clear()],
  ['the digits of a Decimal', (report) => report.rows[0]!.net.d.push(1)],
  ['a prototype', (report) => Object.setPrototypeOf(report.rows[0]!.at, Date.prototype) as unknown],
])('a caller cannot change %s', (_, change) => {
  const report = frozen(build());
  expect(() => change(report)).toThrow(TypeError);
  expect(report).toStrictEqual(build());
});

describe('a frozen value', () => {
  it('stays equal to its like and an instance of its classes', () => {
    const report = frozen(build());
    expect(report).toStrictEqual(build());
    expect(build()).toStrictEqual(report);
    expect(report.byRegion).toBeInstanceOf(Map);
    expect(report.rows[0]!.at).toBeInstanceOf(Date);
    expect(report.rows[0]!.at.constructor).toBe(Date);
    expect(JSON.stringify(report.rows)).toBe(JSON.stringify(build().rows));
    expect(structuredClone(report.byRegion)).toEqual(report.byRegion);
  });

  it('can be copied into one that changes', () => {
    const report = frozen(build());
    const copy = { ...report, regions: new Set(report.regions), at: new Date(report.rows[0]!.at) };
    copy.regions.add('east');
    copy.at.setTime(1);
    expect(report.regions.size).toBe(1);
  });

  it('leaves Decimals able to reckon', () => {
    const { a, b } = frozen({ a: new Decimal('12345678901234567890.5'), b: new Decimal('-0.000123') });
    const thawed = [new Decimal(a), new Decimal(b)] as const;
    for (const operation of ['plus', 'minus', 'times', 'div', 'mod', 'pow', 'cmp', 'toNearest'] as const) {
      expect(String(a[operation](b))).toBe(String(thawed[0][operation](thawed[1])));
      expect(String(b[operation](a))).toBe(String(thawed[1][operation](thawed[0])));
    }
    for (const operation of [
      'sqrt',
      'ln',
      'exp',
      'neg',
      'abs',
      'round',
      'sin',
      'toFixed',
      'toHex',
    ] as const) {
      expect(String(b[operation]())).toBe(String(thawed[1][operation]()));
    }
  });

  it('does not freeze the classes it mentions', () => {
    frozen({ net: new Decimal(1) });
    expect(Object.isFrozen(Decimal)).toBe(false);
    expect(Object.isFrozen(Date.prototype)).toBe(false);
  });

  it('may hold the same object many times', () => {
    const shared = { a: 1 };
    let layers: unknown[] = [shared];
    for (let level = 0; level < 60; level++) layers = [layers, layers];
    frozen(layers);
    expect(Object.isFrozen(shared)).toBe(true);
  });
});

test.each([
  ['a Buffer', Buffer.from('x')],
  ['a typed array in a Map', new Map([['x', new Uint8Array(1)]])],
  ['an ArrayBuffer', [{ memory: new ArrayBuffer(1) }]],
  ['a DataView as a key', new Map([[new DataView(new ArrayBuffer(1)), 1]])],
])('%s cannot be shared', (_, value) => {
  expect(deepFreeze(value)).toBe(false);
});

test.each([[null], [1], ['x'], [1n], [undefined]])('%o needs no freezing', (value) => {
  expect(deepFreeze(value)).toBe(true);
});
