export type DialectName = 'sqlite' | 'postgres';

/** One text for both databases, or one for each where they differ. */
export type SqlText = string | Readonly<Record<DialectName, string>>;

/** What the two say differently often enough to have a name. */
export interface Dialect {
  /** For FROM: a row for each item of the JSON list that is bound, as `<alias>.value`; fields of it by `->>`. */
  readonly each: (alias: string) => string;
  /** For IN: the texts of the JSON list that is bound. */
  readonly texts: string;
  /** After a SELECT of rows that are about to be changed: leaves those alone that another transaction changes. */
  readonly skipLocked: string;
  /** The same, but waits for the other transaction, and sees what it left. */
  readonly locked: string;
  /**
   * For WHERE: true, and what the statement changes need not reach the disk before it is acknowledged. For one that is
   * its own transaction.
   */
  readonly unhurried: string;
}

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  sqlite: {
    each: (alias) => `json_each(?) AS ${alias}`,
    texts: 'SELECT value FROM json_each(?)',
    skipLocked: '',
    locked: '',
    unhurried: 'true',
  },
  postgres: {
    each: (alias) => `json_array_elements(CAST(? AS json)) AS ${alias}(value)`,
    texts: 'SELECT json_array_elements_text(CAST(? AS json))',
    skipLocked: 'FOR UPDATE SKIP LOCKED',
    locked: 'FOR UPDATE',
    unhurried: `set_config('synchronous_commit', 'off', true) = 'off'`,
  },
};

/** The text in the words of each database. */
export function inEachDialect(text: (dialect: Dialect) => string): SqlText {
  return { sqlite: text(DIALECTS.sqlite), postgres: text(DIALECTS.postgres) };
}

/** The text that one of them understands. */
export function textFor(dialect: DialectName, text: SqlText): string {
  return typeof text === 'string' ? text : text[dialect];
}
