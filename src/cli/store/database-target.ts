import { createRequire } from 'node:module';
import { InvalidOptionsError } from '../../common/errors.js';
import { resolveOptions } from '../../common/options.schema.js';
import type { ReportsCacheOptions, ResolvedDatabaseOptions } from '../../common/options.js';
import { usageError } from '../exit-codes.js';

/** The options by which every command finds its store. */
export interface TargetOptions {
  /** A path, or a url of PostgreSQL. */
  readonly database: string;
  readonly driver?: Driver;
  readonly schema?: string;
  readonly busyTimeout?: string;
}

export const DRIVERS = ['sqlite', 'better-sqlite3'] as const;
export type Driver = (typeof DRIVERS)[number];

const PACKAGES: Record<Driver, string> = { sqlite: 'sqlite3', 'better-sqlite3': 'better-sqlite3' };

const POSTGRES_URL = /^postgres(ql)?:\/\//;

/** Flags instead of options of the module, in what is told of their faults. */
const FLAGS = [
  [/database\.(path|url)/g, '--database'],
  [/database\.busyTimeout/g, '--busy-timeout'],
  [/database\.schema/g, '--schema'],
] as const;

/**
 * The store that `--database` names.
 * @throws {CommandError} usage, when it names none. The message holds nothing of a url.
 */
export function readTarget(options: TargetOptions): ResolvedDatabaseOptions {
  try {
    return resolveOptions({ database: toOption(options) }).database;
  } catch (error) {
    if (error instanceof InvalidOptionsError) throw usageError(inWordsOfFlags(error.faults));
    throw error;
  }
}

function toOption({ database, driver, schema, busyTimeout }: TargetOptions): ReportsCacheOptions['database'] {
  const patience = { busyTimeout: busyTimeout as never };
  return POSTGRES_URL.test(database)
    ? { type: 'postgres', url: database, ...patience, ...(schema !== undefined && { schema }) }
    : { type: driver ?? installedDriver(), path: database, ...patience };
}

/** That of the module's default, unless only the other one is there. */
function installedDriver(): Driver {
  const { resolve } = createRequire(import.meta.url);
  const isInstalled = (driver: Driver): boolean => {
    try {
      return resolve(PACKAGES[driver]) !== '';
    } catch {
      return false;
    }
  };
  return DRIVERS.find(isInstalled) ?? 'sqlite';
}

function inWordsOfFlags(faults: readonly string[]): string {
  return FLAGS.reduce((text, [option, flag]) => text.replace(option, flag), faults.join('; '));
}
