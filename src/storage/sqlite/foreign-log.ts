/**
 * The database's write-ahead log belongs to another one. SQLite applies it without noticing, and what is then read is
 * a mixture of both.
 */
export class ForeignLogError extends Error {
  /** As SQLite itself would say, had it noticed. */
  readonly code = 'SQLITE_CORRUPT';

  constructor() {
    super('its write-ahead log belongs to another database');
  }
}
