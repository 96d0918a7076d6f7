import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { parseEncryptionKey } from '../../src/common/encryption-key.js';

const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 251 - index));

describe('an encryption key', () => {
  it.each([
    ['a Buffer', bytes],
    ['bytes', new Uint8Array(bytes)],
    ['hex digits', bytes.toString('hex')],
    ['capital hex digits', bytes.toString('hex').toUpperCase()],
    ['base64', bytes.toString('base64')],
    ['base64url', bytes.toString('base64url')],
  ])('is read from %s', (_form, key) => {
    expect(parseEncryptionKey(key)?.export()).toEqual(bytes);
  });

  it.each([
    ['31 bytes', bytes.subarray(1)],
    ['33 bytes', Buffer.alloc(33)],
    ['a passphrase of 32 letters', 'correct horse battery staple 123'],
    ['63 hex digits', 'a'.repeat(63)],
    ['base64 of 16 bytes', bytes.subarray(16).toString('base64')],
    ['base64 and a line break', `${bytes.toString('base64')}\n`],
    ['a list of numbers', [...bytes]],
    ['nothing', undefined],
    ['null', null],
  ])('is not made of %s', (_form, key) => {
    expect(parseEncryptionKey(key)).toBeUndefined();
  });

  test('shows nothing of itself when it is printed', () => {
    const key = parseEncryptionKey(bytes)!;
    const printed = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify({ key });
    expect(printed).not.toContain(bytes.toString('hex'));
    expect(printed).not.toContain(bytes.toString('base64'));
  });
});
