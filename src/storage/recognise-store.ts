import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { recogniseSchema } from './postgres/recognise-schema.js';
import { placeOf, unavailableReason as postgresReason } from './postgres/unavailable-reason.js';
import { type Recognition } from './recognition.js';
import { recogniseFile } from './sqlite/recognise-file.js';
import { unavailableReason as sqliteReason } from './sqlite/unavailable-reason.js';

/**
 * Looks at what stands where a cache is said to be, and changes nothing.
 * @throws {StoreUnavailableError} when it cannot be looked at; `cause` holds the driver's error.
 */
export async function recogniseStore(options: ResolvedDatabaseOptions): Promise<Recognition> {
  try {
    return await (options.type === 'postgres' ? recogniseSchema(options) : recogniseFile(options));
  } catch (cause) {
    const reason =
      options.type === 'postgres' ? postgresReason(cause, options) : sqliteReason(cause, options);
    throw new StoreUnavailableError(reason, { cause });
  }
}

/** Where a store is, in words for people: never a password. */
export function placeOfStore(options: ResolvedDatabaseOptions): string {
  return options.type === 'postgres' ? placeOf(options) : options.path;
}
