import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { type ResolvedEncryptionKey } from '../../common/options.js';
import { entryHead } from './entry-head.js';
import { type EntryLookup, type StoredEntry } from './entry.js';
import { type PayloadCipher } from './payload-cipher.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `sealed/1/<key id>/<format of what was sealed>`; another layout of the bytes takes another number. */
const SEALED_FORMAT = /^sealed\/1\/([^/]+)\/(.+)$/s;

/**
 * AES-256-GCM. The bytes are nonce (96 random bits), tag (128 bits), ciphertext; the associated data is every column of
 * the entry that must not change, so that a payload under another key of the cache, of another company or with a later
 * expiry does not open. By random nonces one key may seal 2^32 entries.
 *
 * On the event loop, about 1 ms for 2 MiB. Rejected: WebCrypto, whose threads would let an invalidation come between.
 * @see NIST SP 800-38D, sections 5.2.1.1, 8.2.2 and 8.3
 */
export class AesGcmCipher implements PayloadCipher {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly current: ResolvedEncryptionKey;

  /** @param keys the first seals, all of them open */
  constructor(keys: readonly [ResolvedEncryptionKey, ...ResolvedEncryptionKey[]]) {
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
    this.current = keys[0];
  }

  seal(entry: StoredEntry): StoredEntry {
    const sealed = { ...entry, format: `sealed/1/${this.current.id}/${entry.format}` };
    return { ...sealed, bytes: encrypt(entry.bytes, this.current.key, entryHead(sealed)) };
  }

  open(entry: StoredEntry): EntryLookup {
    const [, id = '', format = ''] = SEALED_FORMAT.exec(entry.format) ?? [];
    const key = this.keys.get(id);
    if (key === undefined) return 'absent';
    try {
      return { ...entry, format, bytes: decrypt(entry.bytes, key, entryHead(entry)) };
    } catch {
      return 'damaged';
    }
  }
}

function encrypt(plain: Buffer, key: KeyObject, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boundTo));
  const text = [cipher.update(plain), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...text]);
}

/** @throws when the tag does not match; nothing of the plaintext is returned then. */
function decrypt(sealed: Buffer, key: KeyObject, boundTo: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  decipher.final();
  return plain;
}
