import { createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ResolvedEncryptionKey } from '../../src/common/options.js';
import { AesGcmCipher } from '../../src/storage/entries/aes-gcm-cipher.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { type Database } from '../../src/storage/database.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';
import { MINUTE, someEntry, T0 } from './some-entry.js';

type Keys = [ResolvedEncryptionKey, ...ResolvedEncryptionKey[]];

const newKey = (id: string): ResolvedEncryptionKey => ({ id, key: createSecretKey(randomBytes(32)) });
const OLD = newKey('2025');
const NEW = newKey('2026');

const sealedBy = (database: Database, ...keys: Keys) =>
  new CacheEntryRepository(database, new AesGcmCipher(keys));
const unencrypted = (database: Database) => new CacheEntryRepository(database);

const SECRET = 'net result of Contoso: 1,204,331.07';
const secretEntry = (overrides = {}) =>
  someEntry({ bytes: Buffer.from(SECRET.repeat(200)), username: 'alice', tags: ['b', 'a'], ...overrides });

describe.each<Driver>(['sqlite', 'better-sqlite3'])('encrypted payloads on %s', (driver) => {
  test('come back as they were put, and cannot be read in the file or its log', async () => {
    const options = databaseOptions(driver);
    const database = await openDatabase(options);
    const entries = sealedBy(database, NEW);
    await Promise.all([
      entries.put(secretEntry()),
      entries.put(someEntry({ key: 'none', bytes: Buffer.alloc(0) })),
    ]);
    expect(await entries.find('key-1')).toEqual(secretEntry({ tags: ['a', 'b'] }));
    expect(await entries.find('none')).toMatchObject({ bytes: Buffer.alloc(0), format: 'value/1' });
    const stored = Buffer.concat([options.path, `${options.path}-wal`].map((path) => readFileSync(path)));
    expect(stored.includes('Contoso')).toBe(false);
    expect(stored.includes('sealed/1/2026/value/1')).toBe(true);
  });

  test('sealed by an older key are read as long as that key is there', async () => {
    const database = await openDatabase(databaseOptions(driver));
    await sealedBy(database, OLD).put(secretEntry());
    expect(await sealedBy(database, NEW, OLD).find('key-1')).toMatchObject({ bytes: secretEntry().bytes });
    expect(await sealedBy(database, NEW).find('key-1')).toBe('absent');
    await sealedBy(database, NEW, OLD).put(secretEntry());
    expect(await sealedBy(database, NEW).find('key-1')).toMatchObject({ bytes: secretEntry().bytes });
  });
});

test('an entry that was written without encryption is absent where there is a key', async () => {
  const database = await openDatabase();
  await unencrypted(database).put(secretEntry());
  expect(await sealedBy(database, NEW).find('key-1')).toBe('absent');
});

test('an encrypted entry has a format no codec knows where there is no key', async () => {
  const database = await openDatabase();
  await sealedBy(database, NEW).put(secretEntry());
  expect(await unencrypted(database).find('key-1')).toMatchObject({ format: 'sealed/1/2026/value/1' });
});

test('another key under the same id opens nothing, and what it cannot open goes', async () => {
  const database = await openDatabase();
  await sealedBy(database, newKey('2026')).put(secretEntry());
  expect(await sealedBy(database, NEW).find('key-1')).toBe('damaged');
  await database.write(() => Promise.resolve());
  expect(await rowsOf(database, 'SELECT * FROM cache_payloads')).toEqual([]);
});

test('the same entry is never sealed twice alike', () => {
  const cipher = new AesGcmCipher([NEW]);
  const sealed = Array.from({ length: 1_000 }, () => cipher.seal(secretEntry()).bytes.toString('hex'));
  expect(new Set(sealed.map((bytes) => bytes.slice(0, 24))).size).toBe(1_000);
});

test.each([
  ['key', { key: 'key-2' }],
  ['type', { type: 'payroll' }],
  ['company', { companyId: '8' }],
  ['company', { companyId: null }],
  ['user', { username: 'bob' }],
  ['tags', { tags: ['a'] }],
  ['time of storing', { createdAt: T0 + 1 }],
  ['expiry', { expiresAt: T0 + 16 * MINUTE }],
  ['grace', { graceUntil: T0 + 60 * MINUTE }],
  ['load time', { loadMs: 1 }],
  ['format', { format: 'sealed/1/2026/http/1' }],
  ['bytes', { bytes: Buffer.alloc(27) }],
])('a payload under another %s than its own is damaged', (_what, change) => {
  const cipher = new AesGcmCipher([NEW]);
  const sealed = cipher.seal(secretEntry());
  expect(cipher.open(sealed)).toEqual(secretEntry());
  expect(cipher.open({ ...sealed, ...change })).toBe('damaged');
});

test.each([0, 11, 12, 27, 28, 40])('a flipped bit in byte %i is damage', (position) => {
  const cipher = new AesGcmCipher([NEW]);
  const sealed = cipher.seal(secretEntry());
  sealed.bytes[position]! ^= 1;
  expect(cipher.open(sealed)).toBe('damaged');
});
