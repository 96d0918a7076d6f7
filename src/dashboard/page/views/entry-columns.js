import { h } from '../dom.js';
import { badge } from '../parts/card.js';
import { companyName, name } from '../parts/name.js';
import { hashOf } from '../router.js';
import { describeKey } from '../text/describe-key.js';
import { printable } from '../text/printable.js';

/** @import { EntryRow } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Column } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */

/** A key may be two thousand characters long; the table shows its beginning, the dialog all of it. */
const SHOWN_KEY = 120;

/** A report over twelve years has a tag for each of its months. */
const SHOWN_TAGS = 4;

/** @type {Record<EntryRow['state'], 'ok' | 'warning' | 'plain'>} */
export const STATE_TONES = { fresh: 'ok', grace: 'warning', expired: 'plain' };

/**
 * @param {Ui} ui
 * @param {number} now the server's time
 * @param {(entry: EntryRow) => void} onOpen
 * @param {(entry: EntryRow) => Children} [actions] none: the dashboard is for reading
 * @returns {Column<EntryRow>[]}
 */
export function entryColumns(ui, now, onOpen, actions) {
  const { t, format } = ui;
  const sorted = { numeric: true, sortable: true };
  return [
    { id: 'key', label: t('column.key'), sortable: true, cell: (entry) => keyCell(entry, onOpen) },
    { id: 'company', label: t('column.company'), cell: (entry) => companyName(ui, entry.companyId) },
    { id: 'created', label: t('column.created'), ...sorted, cell: (entry) => when(ui, entry.createdAt, now) },
    { id: 'expires', label: t('column.expires'), ...sorted, cell: (entry) => expiry(ui, entry, now) },
    { id: 'size', label: t('column.size'), ...sorted, cell: (entry) => format.bytes(entry.byteSize) },
    { id: 'hits', label: t('column.hits'), ...sorted, cell: (entry) => format.number(entry.hits) },
    {
      id: 'accessed',
      label: t('column.accessed'),
      ...sorted,
      cell: (entry) => when(ui, entry.lastAccessedAt, now),
    },
    ...(actions === undefined
      ? []
      : [{ id: 'actions', label: t('column.actions'), hiddenLabel: true, cell: actions }]),
  ];
}

/** What a key is told by where there is no room for all of it. @param {string} key */
export function entryName(key) {
  return printable(describeKey(key) ?? key);
}

/** @param {EntryRow} entry @param {(entry: EntryRow) => void} onOpen */
function keyCell(entry, onOpen) {
  const key = entryName(entry.key);
  const shown = key.length > SHOWN_KEY ? `${key.slice(0, SHOWN_KEY)}…` : key;
  return h(
    'div',
    { class: 'entry-name' },
    h(
      'button',
      { type: 'button', class: 'link code', 'data-key': `open ${entry.key}`, onclick: () => onOpen(entry) },
      h('bdi', {}, shown),
    ),
    h(
      'div',
      { class: 'tags' },
      h('span', { class: 'small muted' }, name(entry.type)),
      tagLinks(entry.tags, SHOWN_TAGS),
    ),
  );
}

/**
 * Each a link to the entries that carry it; beyond `limit`, how many more there are.
 * @param {readonly string[]} tags
 * @param {number} [limit]
 */
export function tagLinks(tags, limit = Infinity) {
  const more = tags.length - limit;
  return [
    ...tags
      .slice(0, limit)
      .map((tag) => h('a', { class: 'tag', href: hashOf('entries', { tag }) }, name(tag))),
    more > 0 ? h('span', { class: 'tag' }, `+${more}`) : null,
  ];
}

/** @param {Ui} ui @param {number} time @param {number} now */
function when({ format }, time, now) {
  return h('span', { title: format.dateTime(time) }, format.ago(time, now));
}

/** @param {Ui} ui @param {EntryRow} entry @param {number} now */
function expiry(ui, { state, expiresAt }, now) {
  const unusual = state === 'fresh' ? null : badge(ui.t(`state.${state}`), STATE_TONES[state]);
  return [when(ui, expiresAt, now), unusual && h('div', {}, unusual)];
}
