import { readFile, stat } from 'node:fs/promises';
import { InvalidOptionsError } from '../../common/errors.js';
import { messageOf } from '../../common/message-of.js';
import { resolveOptions } from '../../common/options.schema.js';
import type { ResolvedEncryptionKey } from '../../common/options.js';
import { refusal, unavailable, usageError } from '../exit-codes.js';

type Keys = readonly [ResolvedEncryptionKey, ...ResolvedEncryptionKey[]];

const OTHERS = 0o077;

/**
 * A JSON list as in the option `encryption.keys`. A file, because the command line of a process can be seen by every
 * user of the machine.
 * @throws {CommandError} for a file that others may read, and for what is no list of keys. No message holds anything of it.
 */
export async function readKeysFile(path: string): Promise<Keys> {
  const { mode } = await stat(path).catch((error: unknown) => {
    throw unavailable(`--keys-file ${path} cannot be read: ${messageOf(error)}`);
  });
  if ((mode & OTHERS) !== 0) throw refusal(`--keys-file ${path} may be read by others: chmod 600 it`);
  return parseKeys(path, await readFile(path, 'utf8'));
}

function parseKeys(path: string, text: string): Keys {
  try {
    return resolveOptions({ encryption: { keys: JSON.parse(text) as never } }).encryption!.keys;
  } catch (error) {
    const why = error instanceof InvalidOptionsError ? error.faults.join('; ') : 'it is no JSON';
    throw usageError(`--keys-file ${path} holds no list of { id, key }: ${why}`);
  }
}
