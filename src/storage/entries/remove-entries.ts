import { type EntrySelector } from '../../common/entry-selector.js';
import { type DialectName, inEachDialect, type SqlText, textFor } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

/** Told the keys of removed entries, batch by batch, when their removal is about to be committed, or was just now. */
export type OnRemoved = (keys: readonly string[]) => void;

export const ignoreRemoved: OnRemoved = () => {};

/** Rows that one statement of SQLite removes: between two of them the event loop turns. */
const ROWS_A_STEP = 500;

/**
 * Keys that PostgreSQL looks up at once: each further look goes past all that the transaction has removed already. And
 * how many of them one statement removes, so that `statement_timeout` cuts none off.
 */
const KEYS_A_LOOK = 100_000;
const KEYS_A_STEP = 2_000;

/** What is to be removed, and what came of it. */
export interface Removal {
  readonly selector: EntrySelector;
  readonly onRemoved: OnRemoved;
  /** How many entries there were. */
  removed: number;
}

/** Removes what they select: single keys, of which most removals are, by one statement together. */
export async function removeEntries(sql: SqlConnection, removals: readonly Removal[]): Promise<void> {
  await removeKeys(sql, removals.filter(isOfKey));
  for (const removal of removals) if (!isOfKey(removal)) await removeSelected(sql, removal);
}

type KeyRemoval = Removal & { readonly selector: { readonly key: string } };

/** Whether it is of one entry, whatever that is. */
export function isOfKey(removal: Removal): removal is KeyRemoval {
  const { key, ...others } = removal.selector;
  return key !== undefined && Object.values(others).every((part) => part === undefined);
}

async function removeKeys(sql: SqlConnection, removals: readonly KeyRemoval[]): Promise<void> {
  if (removals.length === 0) return;
  const keys = removals.map(({ selector }) => selector.key);
  const rows = await sql.all<KeyRow>(REMOVE_SELECTED, [JSON.stringify(keys)]);
  const removed = new Set(rows.map(({ cache_key: key }) => key));
  // Of several removals of one key the first found it.
  for (const removal of removals) {
    const { key } = removal.selector;
    removal.removed = removed.delete(key) ? 1 : 0;
    removal.onRemoved(removal.removed > 0 ? [key] : []);
  }
}

async function removeSelected(sql: SqlConnection, removal: Removal): Promise<void> {
  removal.removed = 0;
  await REMOVE_BY[sql.dialect](sql, removal);
}

const REMOVE_BY: Readonly<Record<DialectName, (sql: SqlConnection, removal: Removal) => Promise<void>>> = {
  sqlite: removeByRow,
  postgres: removeByKey,
};

/** The very rows that the index leads to: one that is damaged may not be found by the key that stands in it. */
async function removeByRow(sql: SqlConnection, removal: Removal): Promise<void> {
  const { text, parameters } = selectText('rowid', removal.selector);
  const remove = `DELETE FROM cache_entries WHERE rowid IN (${textFor('sqlite', text)}) RETURNING cache_key`;
  for (let isMore = true; isMore;) {
    const removed = await removeReporting(sql, remove, [...parameters, ROWS_A_STEP], removal.onRemoved);
    removal.removed += removed;
    isMore = removed === ROWS_A_STEP;
  }
}

/**
 * Whether there is more tells what was selected. Rejected: what was removed, which is less wherever a cleanup beside
 * this transaction takes a row first.
 */
async function removeByKey(sql: SqlConnection, removal: Removal): Promise<void> {
  const { text, parameters } = selectText('cache_key', removal.selector);
  for (let isMore = true; isMore;) {
    const rows = await sql.all<KeyRow>(text, [...parameters, KEYS_A_LOOK]);
    removal.removed += await removeRows(sql, rows, removal.onRemoved);
    isMore = rows.length === KEYS_A_LOOK;
  }
}

interface KeyRow {
  readonly cache_key: string;
}

async function removeRows(
  sql: SqlConnection,
  rows: readonly KeyRow[],
  onRemoved: OnRemoved,
): Promise<number> {
  let removed = 0;
  for (let start = 0; start < rows.length; start += KEYS_A_STEP) {
    const keys = JSON.stringify(rows.slice(start, start + KEYS_A_STEP).map((row) => row.cache_key));
    removed += await removeReporting(sql, REMOVE_SELECTED, [keys], onRemoved);
  }
  return removed;
}

/** @returns how many rows the statement, which returns their keys, removed. */
export async function removeReporting(
  sql: SqlConnection,
  text: SqlText,
  parameters: readonly SqlValue[],
  onRemoved: OnRemoved,
): Promise<number> {
  const rows = await sql.all<KeyRow>(text, parameters);
  onRemoved(rows.map((row) => row.cache_key));
  return rows.length;
}

/** What is selected, at most as many as the last parameter says; the caller appends that. */
function selectText(
  column: 'rowid' | 'cache_key',
  selector: EntrySelector,
): { text: SqlText; parameters: SqlValue[] } {
  const given = conditionsOf(selector).filter(({ parameter }) => parameter !== undefined);
  return {
    text: inEachDialect(({ texts }) => {
      const where = given.map(({ condition }) => condition(texts)).join(' AND ');
      return `SELECT ${column} FROM cache_entries ${where && `WHERE ${where}`} LIMIT ?`;
    }),
    parameters: given.map(({ parameter }) => parameter!),
  };
}

/**
 * On PostgreSQL it waits for whoever changes one of the rows, in the order of the keys, as whoever counts hits locks
 * them: so neither waits for the other.
 */
const REMOVE_SELECTED = inEachDialect(
  ({ texts, locked }) => `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT cache_key FROM cache_entries WHERE cache_key IN (${texts}) ORDER BY cache_key ${locked})
  RETURNING cache_key`,
);

interface Condition {
  readonly condition: (texts: string) => string;
  readonly parameter: SqlValue | undefined;
}

function conditionsOf(selector: EntrySelector): Condition[] {
  return [
    { condition: () => 'cache_key = ?', parameter: selector.key },
    { condition: () => 'cache_type = ?', parameter: selector.type },
    { condition: () => 'company_id = ?', parameter: selector.companyId },
    { condition: () => 'username = ?', parameter: selector.username },
    { condition: tagged, parameter: selector.tags && JSON.stringify(selector.tags) },
    { condition: () => 'created_at <= ?', parameter: selector.storedUpTo },
  ];
}

function tagged(texts: string): string {
  return `cache_key IN (SELECT t.cache_key FROM cache_entry_tags AS t WHERE t.tag IN (${texts}))`;
}
