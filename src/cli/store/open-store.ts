import type { Clock } from '../../common/clock.js';
import { StoreUnavailableError } from '../../common/errors.js';
import type { ResolvedDatabaseOptions } from '../../common/options.js';
import { Database } from '../../storage/database.js';
import { placeOfStore, recogniseStore } from '../../storage/recognise-store.js';
import type { Recognition } from '../../storage/recognition.js';
import { isFaultOfContent } from '../../storage/sqlite/sqlite-errors.js';
import { type CommandError, DamagedStoreError, refusal, unavailable } from '../exit-codes.js';
import { Store } from './store.js';

/**
 * Opens an app's store as it is. Nothing is created, migrated or set aside, so that a mistyped path or another version
 * of this package changes nothing.
 * @throws {CommandError} refused or unavailable.
 */
export async function openStore(options: ResolvedDatabaseOptions, clock: Clock): Promise<Store> {
  const recognition = await recogniseStore(options).catch((error: unknown) => {
    throw error instanceof StoreUnavailableError ? unusable(error.message, error.cause) : error;
  });
  if (recognition.kind !== 'cache') throw unfit(placeOfStore(options), recognition);
  return open(asGuest(options), clock);
}

/**
 * As {@link openStore}, but begins a store where there is none: for one that an app is about to use.
 * @throws {CommandError} refused or unavailable.
 */
export async function beginStore(options: ResolvedDatabaseOptions, clock: Clock): Promise<Store> {
  const { kind } = await recogniseStore(options).catch((error: unknown) => {
    throw error instanceof StoreUnavailableError ? unusable(error.message, error.cause) : error;
  });
  return kind === 'missing' ? open(options, clock) : openStore(options, clock);
}

async function open(options: ResolvedDatabaseOptions, clock: Clock): Promise<Store> {
  const database = new Database(options, clock);
  await database.open();
  const { state } = database;
  if (state.kind === 'open') return new Store(database, options);
  await database.close();
  throw state.kind === 'closed' ? unavailable('It was closed') : unusable(state.reason, state.cause);
}

/** A schema of this version needs nothing: nothing is pending there. */
function asGuest(options: ResolvedDatabaseOptions): ResolvedDatabaseOptions {
  return options.type === 'postgres' ? options : { ...options, guest: true };
}

function unusable(message: string, cause: unknown): CommandError {
  return isFaultOfContent(cause) ? new DamagedStoreError(message, cause) : unavailable(message, cause);
}

function unfit(place: string, recognition: Exclude<Recognition, { kind: 'cache' }>): CommandError {
  switch (recognition.kind) {
    case 'missing':
      return unavailable(
        `${place}: there is no such cache; --database names what the app's option database does`,
      );
    case 'foreign':
      return refusal(`${place} is not a reports cache; --database names what the app's option database does`);
    case 'older':
      return refusal(
        `${place} was made by an older version of this package: start the app with this version once, which brings ` +
          `it up to date, or use the version that made it`,
      );
    case 'newer':
      return refusal(
        `${place} was made by a newer version of this package (${recognition.migrations.join(', ')}): use that version`,
      );
  }
}
