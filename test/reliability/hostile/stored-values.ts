import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { CacheEntryRepository } from '../../../src/index.js';
import { ValueCodec } from '../../../src/cache/value-codec.js';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';
import type { CacheApp } from '../../module/cache-app.js';
import { chunksOf, Findings, type HostileRun, pollutionOf } from './findings.js';
import { bytesFrom, damage, type Damage } from './forged-bytes.js';
import { nastyJson, nastyText, ownFields } from './inputs.js';

const ROWS_AT_ONCE = 250;

/** What devalue and this module's own kinds are written with: a list that refers to itself by position. */
const typedText = fc
  .array(
    fc.oneof(
      fc.tuple(
        fc.constantFrom(
          'Record',
          'Binary',
          'Decimal',
          'Map',
          'Set',
          'Object',
          'null',
          'Date',
          'BigInt',
          'RegExp',
        ),
        fc.integer({ min: -7, max: 8 }),
        fc.oneof(nastyText, fc.integer({ min: -7, max: 4_000_000_000 })),
      ),
      fc.array(fc.integer({ min: -7, max: 8 }), { maxLength: 4 }),
      fc.array(fc.tuple(nastyText, fc.integer({ min: -2, max: 8 })), { maxLength: 3 }).map(ownFields),
      nastyJson,
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => `T${JSON.stringify(parts)}`);

/** What a merge without care takes for a prototype. */
const pollution = fc
  .tuple(fc.constantFrom('__proto__', 'constructor', 'prototype'), nastyText, nastyJson)
  .map(
    ([name, field, value]) => `J${JSON.stringify({ a: ownFields([[name, ownFields([[field, value]])]]) })}`,
  );

const codec = new ValueCodec();

const written = nastyJson.map((value) => codec.encode(value));

interface Row {
  readonly bytes: Buffer;
  readonly column: Damage | undefined;
  /** What a sound row must be read as; the forged ones are read by the same query. */
  readonly sound?: { readonly value: unknown };
}

const soundRow: fc.Arbitrary<Row> = nastyJson.map((value) => ({
  bytes: codec.encode(value),
  column: undefined,
  sound: { value },
}));

const forgedRow: fc.Arbitrary<Row> = fc.record({
  bytes: fc.oneof(
    { weight: 4, arbitrary: typedText.map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: pollution.map((text) => Buffer.from(text)) },
    { weight: 3, arbitrary: bytesFrom(written) },
  ),
  column: fc.option(damage, { nil: undefined, freq: 6 }),
});

/**
 * Rows that this module never wrote, with a checksum that is right, so that the decoder itself meets them; some with a
 * column damaged afterwards, so that the reader does. Whoever asks for one gets a value or a miss.
 */
export async function runStoredValues(app: CacheApp, inputs: number): Promise<HostileRun> {
  const findings = new Findings();
  const entries = app.get(CacheEntryRepository);
  const anyRow = fc.oneof({ weight: 9, arbitrary: forgedRow }, { weight: 1, arbitrary: soundRow });
  for (const rows of chunksOf(anyRow, inputs, ROWS_AT_ONCE)) {
    await Promise.all(rows.map(({ bytes }, id) => entries.put(toEntry(`row-${id}`, bytes, app.clock.now()))));
    for (const [id, { column }] of rows.entries()) if (column) await column.apply(app.database, `row-${id}`);
    await Promise.all(rows.map((row, id) => judge(app, `row-${id}`, row, findings)));
    if (findings.isFull) break;
  }
  return { inputs, findings: findings.list };
}

async function judge({ service }: CacheApp, key: string, row: Row, findings: Findings): Promise<void> {
  const input = { text: row.bytes.toString('latin1'), column: row.column?.name };
  try {
    const value = await service.get(key);
    if (row.sound && !isDeepStrictEqual(value, row.sound.value)) findings.add(input, 'a sound row is lost');
    const foreign = findForeignPrototype(value, new Set());
    if (foreign !== undefined) findings.add(input, foreign);
  } catch (error) {
    findings.add(input, `get rejected with ${String(error)}`);
  }
  const polluted = pollutionOf();
  if (polluted !== undefined) findings.add(input, polluted);
}

/** Every object of a value inherits from a class of the language or of decimal.js, and from nothing that a row holds. */
function findForeignPrototype(value: unknown, seen: Set<object>): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (!isOfClass(value)) return 'an object whose prototype came from the row';
  for (const part of partsOf(value)) {
    const foreign = findForeignPrototype(part, seen);
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

/** What a row holds is data: no object of it has a function for a constructor. */
function isOfClass(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || withoutMutators(prototype)) return true;
  return Object.hasOwn(prototype, 'constructor') && typeof prototype.constructor === 'function';
}

/** The prototypes that frozen Dates, Maps and Sets get. */
function withoutMutators(prototype: object): boolean {
  const parent = Object.getPrototypeOf(prototype) as unknown;
  return parent === Date.prototype || parent === Map.prototype || parent === Set.prototype;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return ArrayBuffer.isView(value) ? [] : Object.values(value);
}

function toEntry(key: string, bytes: Buffer, now: number): StoredEntry {
  const expiresAt = now + 60_000;
  const owner = { key, type: 'hostile', companyId: '7', username: null, tags: ['march'] };
  return {
    ...owner,
    createdAt: now,
    expiresAt,
    graceUntil: expiresAt,
    loadMs: 1,
    format: codec.format,
    bytes,
  };
}
