import { isUtf8 } from 'node:buffer';
import { StoredResponseCodec } from '../../http/stored-response.codec.js';
import type { StoredResponse } from '../../http/stored-response.js';
import type { StoredEntry } from '../../storage/entries/entry.js';
import { CommandError, ExitCode, refusal } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import { readKeysFile } from './keys-file.js';
import { AesGcmCipher } from '../../storage/entries/aes-gcm-cipher.js';

/** A stored answer or value for people to look at. */
export interface ShownPayload {
  /** Which codec wrote it. */
  readonly format: string;
  /** Of a route's answer; a value set by code has none. */
  readonly head?: Pick<StoredResponse, 'status' | 'headers' | 'etag'>;
  /** `'utf8'` where the bytes are a text; else they are in base64. */
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
}

const SEALED = /^sealed\//;

/** @throws {CommandError} when the entry is gone or damaged, or is sealed by a key that is not there. */
export async function readPayload(store: Store, key: string, keysFile?: string): Promise<ShownPayload> {
  const found = await store.scan.find(key);
  if (found === undefined) throw new CommandError(ExitCode.problems, 'The entry has gone meanwhile');
  if (found.entry === undefined)
    throw new CommandError(
      ExitCode.problems,
      'The entry is damaged: its checksum does not match (see verify)',
    );
  return show(await opened(found.entry, keysFile));
}

async function opened(entry: StoredEntry, keysFile: string | undefined): Promise<StoredEntry> {
  if (!SEALED.test(entry.format)) return entry;
  if (keysFile === undefined) throw refusal('The answer is encrypted: give --keys-file to read it');
  const found = new AesGcmCipher(await readKeysFile(keysFile)).open(entry);
  if (found === 'absent') throw refusal(`The answer is encrypted by a key that is not in ${keysFile}`);
  if (found === 'damaged')
    throw new CommandError(ExitCode.problems, 'The answer does not open with its key: it was tampered with');
  return found;
}

async function show({ format, bytes }: StoredEntry): Promise<ShownPayload> {
  const codec = new StoredResponseCodec();
  if (format !== codec.format) return { format, ...asText(bytes) };
  const { status, headers, etag, body } = codec.open(bytes).read();
  await body.unpack();
  return { format, head: { status, headers, etag }, ...asText(body.bytes('identity') ?? Buffer.alloc(0)) };
}

function asText(bytes: Buffer): Pick<ShownPayload, 'encoding' | 'data'> {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return { encoding, data: bytes.toString(encoding) };
}
