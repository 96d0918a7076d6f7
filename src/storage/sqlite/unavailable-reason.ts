import { type ResolvedSqliteOptions } from '../../common/options.js';
import { messageOf } from '../../common/message-of.js';
import { isBusy, isDamage } from './sqlite-errors.js';

const PACKAGES = { sqlite: 'sqlite3', 'better-sqlite3': 'better-sqlite3' } as const;

/** Why the database cannot be used, in words that name the path or package and how to mend it. */
export function unavailableReason(error: unknown, { type, path, guest }: ResolvedSqliteOptions): string {
  if (error instanceof Error && error.name === 'DriverPackageNotInstalledError') {
    return `the npm package ${PACKAGES[type]} cannot be loaded: npm install ${PACKAGES[type]}`;
  }
  if (isDamage(error) && guest) return `${path} is damaged: ${messageOf(error)}`;
  if (isDamage(error)) return `${path} is damaged: it is set aside and a new one is begun`;
  if (isBusy(error)) return `${path} is locked by another process: ${messageOf(error)}`;
  if (FILE_SYSTEM_CODES.has(codeOf(error))) {
    return `${path} cannot be opened or created (${codeOf(error)}): check database.path and the rights on its folder`;
  }
  return `${path} cannot be used: ${messageOf(error)}`;
}

const FILE_SYSTEM_CODES = new Set([
  'EACCES',
  'EEXIST',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'ENOSPC',
  'ENAMETOOLONG',
  'SQLITE_CANTOPEN',
]);

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
