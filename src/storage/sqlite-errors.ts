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

const FATAL_CODES = new Set([
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_IOERR',
  'SQLITE_MISUSE',
  'SQLITE_NOMEM',
  'SQLITE_NOTADB',
]);
