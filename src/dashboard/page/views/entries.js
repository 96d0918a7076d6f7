import { clearCompany, clearTag, clearType, deleteEntry, refreshEntry } from '../actions/clearing.js';
import { h } from '../dom.js';
import { tableCard } from '../parts/card.js';
import { emptyState, region } from '../parts/region.js';
import { table } from '../parts/table.js';
import { rowButton } from '../parts/tools.js';
import { hashOf } from '../router.js';
import { printable } from '../text/printable.js';
import { entryColumns, entryName } from './entry-columns.js';
import { entryDialog } from './entry-dialog.js';
import { filterForm } from './entry-filter.js';

/** @import { EntriesView, EntryRow, ViewQueries } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Sort } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

/** @typedef {{ type?: string, company?: string, tag?: string, text?: string }} EntryFilter as in the address */

/**
 * Entries: searched, sorted and paged by the server. What is asked for stands in the address, so that it can be kept
 * and sent to others.
 * @param {Ui} ui
 * @param {URLSearchParams} params
 * @returns {View}
 */
export function entriesView(ui, params) {
  const filter = readFilter(params);
  const query = toQuery(params, filter);
  const part = region(ui, {
    load: (signal) => ui.api.view('entries', query, signal),
    render: (data) => drawEntries(ui, data, filter, query),
  });
  const form = filterForm(ui, filter, (wanted) =>
    location.assign(hashOf('entries', { ...wanted, ...sortParams(query) })),
  );
  return { ...part, element: h('div', { class: 'stack' }, form, part.element) };
}

/** @param {URLSearchParams} params @returns {EntryFilter} */
function readFilter(params) {
  const [type, company, tag, text] = ['type', 'company', 'tag', 'text'].map(
    (name) => params.get(name) || undefined,
  );
  return { type, company, tag, text };
}

/** @param {URLSearchParams} params @param {EntryFilter} filter @returns {ViewQueries['entries']} */
function toQuery(params, { type, company, tag, text }) {
  const sort = /** @type {ViewQueries['entries']['sort']} */ (params.get('sort') || 'accessed');
  const order = params.get('order') === 'asc' ? 'asc' : 'desc';
  return { type, companyId: company, tag, text, sort, order, after: params.get('after') || undefined };
}

/** @param {ViewQueries['entries']} query */
function sortParams({ sort, order }) {
  return { sort: sort ?? null, order: order ?? null };
}

/**
 * @param {Ui} ui
 * @param {EntriesView} data
 * @param {EntryFilter} filter
 * @param {ViewQueries['entries']} query
 */
function drawEntries(ui, data, filter, query) {
  const { t } = ui;
  const clear = ui.settings.readOnly ? null : clearTools(ui, filter);
  if (data.entries.length === 0)
    return tableCard(emptyState(t('entries.empty'), t('entries.emptyHint')), clear);
  return tableCard(entriesTable(ui, data, filter, query), pager(ui, data, filter, query, clear));
}

/**
 * @param {Ui} ui
 * @param {EntriesView} data
 * @param {EntryFilter} filter
 * @param {ViewQueries['entries']} query
 */
function entriesTable(ui, { entries, now }, filter, { sort, order }) {
  /** @param {Sort} wanted */
  const onSort = ({ id, descending }) =>
    location.assign(hashOf('entries', { ...filter, sort: id, order: descending ? 'desc' : 'asc' }));
  const open = (/** @type {EntryRow} */ entry) => void entryDialog(ui, entry.key);
  const actions = ui.settings.readOnly ? undefined : (/** @type {EntryRow} */ entry) => rowActions(ui, entry);
  return table(ui, {
    caption: ui.t('view.entries'),
    columns: entryColumns(ui, now, open, actions),
    rows: entries,
    sort: { id: sort ?? 'accessed', descending: order !== 'asc' },
    onSort,
  });
}

/** @param {Ui} ui @param {EntryRow} entry */
function rowActions(ui, entry) {
  const { t } = ui;
  const subject = entryName(entry.key);
  return h(
    'div',
    { class: 'buttons' },
    rowButton(ui, t('do.refresh'), subject, () => void refreshEntry(ui, entry)),
    rowButton(ui, t('do.delete'), subject, () => void deleteEntry(ui, entry), 'quiet-danger'),
  );
}

/**
 * @param {Ui} ui
 * @param {EntriesView} data
 * @param {EntryFilter} filter
 * @param {ViewQueries['entries']} query
 * @param {Children} clear
 */
function pager({ t }, { entries, next, total }, filter, query, clear) {
  const known =
    total === null ? t('entries.page', { count: entries.length }) : t('entries.total', { count: total });
  const to = (/** @type {string | null} */ after) =>
    hashOf('entries', { ...filter, ...sortParams(query), after });
  return [
    h('span', {}, known),
    h(
      'div',
      { class: 'buttons' },
      clear,
      query.after !== undefined && h('a', { class: 'button small', href: to(null) }, t('entries.first')),
      next !== null && h('a', { class: 'button small', href: to(next) }, t('entries.next')),
    ),
  ];
}

/**
 * What is searched for by one name alone can be cleared by it.
 * @param {Ui} ui
 * @param {EntryFilter} filter
 */
function clearTools(ui, { type, company, tag, text }) {
  const { t } = ui;
  if ([type, company, tag, text].filter(Boolean).length !== 1 || text) return null;
  const uncounted = { entries: null, bytes: null };
  const button = (/** @type {string} */ label, /** @type {() => Promise<void>} */ act) =>
    h(
      'button',
      { type: 'button', class: 'button small quiet-danger name', onclick: () => void act() },
      label,
    );
  if (type) return button(t('do.clearType', { name: printable(type) }), () => clearType(ui, type, uncounted));
  if (company)
    return button(t('do.clearCompany', { name: printable(company) }), () =>
      clearCompany(ui, company, uncounted),
    );
  return tag ? button(t('do.clearTag', { name: printable(tag) }), () => clearTag(ui, tag)) : null;
}
