import { createSecretKey, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * The key of 32 bytes, 64 hex digits or base64 (base64url too); `undefined` when it is none of them. A `KeyObject`
 * shows nothing of itself when the options are printed. A passphrase is no key: what people can remember can be guessed.
 */
export function parseEncryptionKey(key: unknown): KeyObject | undefined {
  const bytes = toBytes(key);
  return bytes?.length === KEY_BYTES ? createSecretKey(bytes) : undefined;
}

function toBytes(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return key;
  if (typeof key !== 'string') return undefined;
  if (HEX.test(key)) return Buffer.from(key, 'hex');
  return BASE64.test(key) ? Buffer.from(key, 'base64') : undefined;
}
