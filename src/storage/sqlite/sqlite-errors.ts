/** The primary result code, e.g. `SQLITE_BUSY`; extended ones such as `SQLITE_BUSY_SNAPSHOT` are cut back to it. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? /^SQLITE_[A-Z]+/.exec(code)?.[0] : undefined;
}

/** Another connection holds the lock; nothing is wrong with ours. */
export function isBusy(error: unknown): boolean {
  return ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL'].includes(sqliteCode(error) ?? '');
}

/**
 * The connection or its file is not to be trusted any more. The drivers' "Database is closed" (`SQLITE_MISUSE`)
 * counts; a full disk does not: what is stored can still be read.
 * @see https://www.sqlite.org/rescode.html
 */
export function isFatal(error: unknown): boolean {
  return FATAL_CODES.has(sqliteCode(error) ?? '');
}

/** The disk, or the user's share of it, is full. The connection and what is stored are as good as before. */
export function isDiskFull(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_FULL';
}

/** The file is not what SQLite left behind: a page is corrupt, or it is no database at all. */
export function isDamage(error: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteCode(error) ?? '');
}

/**
 * What the file's surroundings cannot have caused: when a file that this module made cannot be opened for such a
 * reason, its content is at fault.
 */
export function isFaultOfContent(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && !ENVIRONMENT_CODES.has(code);
}

const ENVIRONMENT_CODES = new Set([
  'SQLITE_AUTH',
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_FULL',
  'SQLITE_INTERRUPT',
  'SQLITE_IOERR',
  'SQLITE_LOCKED',
  'SQLITE_MISUSE',
  'SQLITE_NOLFS',
  'SQLITE_NOMEM',
  'SQLITE_PERM',
  'SQLITE_PROTOCOL',
  'SQLITE_READONLY',
]);

const FATAL_CODES = new Set([
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_IOERR',
  'SQLITE_MISUSE',
  'SQLITE_NOMEM',
  'SQLITE_NOTADB',
]);
