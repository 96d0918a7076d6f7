import { type EntrySelector } from '../../common/entry-selector.js';
import { type DialectName, inEachDialect, type SqlText, textFor } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

/** Told the keys of removed entries, batch by batch, when their removal is about to be committed, or was just now. */
export type OnRemoved = (keys: readonly string[]) => void;

export const ignoreRemoved: OnRemoved = () => {};

/**
 * Rows selected, and rows removed, by one statement of a removal: between two of them SQLite's event loop turns, and
 * none of PostgreSQL's is cut off by `statement_timeout`. There more are selected at once, for each further look goes
 * past all that the transaction has removed already.
 *
 * Whether there is more tells what was selected. Rejected: what was removed, which is less wherever a cleanup beside
 * this transaction takes a row first.
 */
const REMOVE_STEPS: Readonly<Record<DialectName, { selected: number; removed: number }>> = {
  sqlite: { selected: 500, removed: 500 },
  postgres: { selected: 100_000, removed: 2_000 },
};

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
  const { select, removeStep, parameters } = textsFor(removal.selector);
  const { selected: limit } = REMOVE_STEPS[sql.dialect];
  removal.removed = 0;
  for (let isMore = true; isMore;) {
    if (sql.dialect === 'sqlite') {
      const removed = await removeReporting(sql, removeStep, [...parameters, limit], removal.onRemoved);
      removal.removed += removed;
      isMore = removed === limit;
    } else {
      const rows = await sql.all<KeyRow>(select, [...parameters, limit]);
      removal.removed += await removeRows(sql, rows, removal.onRemoved);
      isMore = rows.length === limit;
    }
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
  const step = REMOVE_STEPS[sql.dialect].removed;
  let removed = 0;
  for (let start = 0; start < rows.length; start += step) {
    const keys = JSON.stringify(rows.slice(start, start + step).map((row) => row.cache_key));
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

/** Texts for what is selected, at most as many as the last parameter says; the caller appends that. */
function textsFor(selector: EntrySelector): { select: SqlText; removeStep: SqlText; parameters: SqlValue[] } {
  const given = conditionsOf(selector).filter(({ parameter }) => parameter !== undefined);
  const selected = (column: string): SqlText =>
    inEachDialect(({ texts }) => {
      const where = given.map(({ condition }) => condition(texts)).join(' AND ');
      return `SELECT ${column} FROM cache_entries ${where && `WHERE ${where}`} LIMIT ?`;
    });
  return {
    select: selected('cache_key'),
    // The very rows that the index leads to: one that is damaged may not be found by the key that stands in it.
    removeStep: `DELETE FROM cache_entries WHERE rowid IN (${textFor('sqlite', selected('rowid'))}) RETURNING cache_key`,
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
