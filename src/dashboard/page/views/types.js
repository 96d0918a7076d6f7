import { clearType } from '../actions/clearing.js';
import { changeTtl, switchType } from '../actions/switches.js';
import { h } from '../dom.js';
import { badge, ratio, tableCard } from '../parts/card.js';
import { name } from '../parts/name.js';
import { emptyState, region } from '../parts/region.js';
import { sortRows, table } from '../parts/table.js';
import { rangeLinks, rangeOf, rowButton } from '../parts/tools.js';
import { hashOf } from '../router.js';
import { asDuration } from '../text/duration.js';
import { UNKNOWN } from '../text/format.js';

/** @import { TypeRow, TypesView } from '../../api/contract.js' */
/** @import { Column, Sort } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

/** @type {Record<string, (row: TypeRow) => string | number | null>} */
const SORTS = {
  type: (row) => row.type,
  requests: (row) => row.requests,
  hitRatio: (row) => row.hitRatio,
  source: (row) => row.usualSourceMs,
  saved: (row) => row.saved.totalMs,
  entries: (row) => row.entryBytes,
  misses: (row) => row.avoidableMisses,
};

/**
 * Reports by type: what each costs and spares, and why it missed.
 * @param {Ui} ui
 * @param {URLSearchParams} params
 * @returns {View}
 */
export function typesView(ui, params) {
  const range = rangeOf(params, '30d');
  /** @type {Sort} */
  let sort = { id: 'saved', descending: true };

  const part = region(ui, {
    load: (signal) => ui.api.view('types', { range }, signal),
    render: (data) => drawTypes(ui, data, sort, resort),
  });
  /** @param {Sort} wanted */
  const resort = (wanted) => {
    sort = wanted;
    part.redraw();
  };
  return { ...part, tools: rangeLinks(ui, 'types', range) };
}

/**
 * @param {Ui} ui
 * @param {TypesView} data
 * @param {Sort} sort
 * @param {(sort: Sort) => void} onSort
 */
function drawTypes(ui, { types }, sort, onSort) {
  const { t, format } = ui;
  if (types.length === 0) return tableCard(emptyState(t('types.empty'), t('types.emptyHint')));
  const rows = sortRows(types, sort, SORTS, format.compare);
  const shown = table(ui, { caption: t('view.types'), columns: columns(ui), rows, sort, onSort });
  return tableCard(shown, t('types.legend'));
}

/** @param {Ui} ui @returns {Column<TypeRow>[]} */
function columns(ui) {
  const { t, format } = ui;
  return [
    { id: 'type', label: t('column.report'), sortable: true, cell: (row) => reportCell(ui, row) },
    numeric('requests', t('column.requests'), (row) => format.number(row.requests)),
    numeric('hitRatio', t('column.hitRatio'), (row) => ratio(ui, row.hitRatio)),
    numeric('source', t('column.usualSource'), (row) => format.duration(row.usualSourceMs)),
    numeric('saved', t('column.saved'), (row) => format.duration(row.saved.totalMs)),
    { id: 'ttl', label: t('column.ttl'), cell: (row) => ttlCell(ui, row) },
    { id: 'misses', label: t('column.misses'), sortable: true, cell: (row) => missesCell(ui, row) },
    numeric('entries', t('column.entries'), (row) => entriesCell(ui, row)),
    ...(ui.settings.readOnly ? [] : [actionsColumn(ui)]),
  ];
}

/**
 * @param {string} id
 * @param {string} label
 * @param {Column<TypeRow>['cell']} cell
 * @returns {Column<TypeRow>}
 */
function numeric(id, label, cell) {
  return { id, label, cell, numeric: true, sortable: true };
}

/** @param {Ui} ui @param {TypeRow} row */
function reportCell({ t }, { type, enabled }) {
  return [name(type), ' ', enabled ? null : badge(t('types.off'), 'warning')];
}

/** @param {Ui} ui @param {TypeRow} row */
function ttlCell({ t, format }, { ttlOverrideMs, storedTtlMs }) {
  if (ttlOverrideMs === null) return format.duration(storedTtlMs);
  return [format.duration(ttlOverrideMs), ' ', badge(t('types.ttlSet'))];
}

/** @param {Ui} ui @param {TypeRow} row */
function missesCell({ t, format }, { missReasons, avoidableMisses }) {
  if (missReasons.length === 0) return h('span', { class: 'muted' }, t('types.noMisses'));
  return h(
    'div',
    {},
    t('types.avoidable', { count: avoidableMisses }),
    h(
      'ul',
      { class: 'reasons' },
      missReasons.map(({ reason, misses }) =>
        h('li', {}, `${t(`reason.${reason}`)} ${format.number(misses)}`),
      ),
    ),
  );
}

/** @param {Ui} ui @param {TypeRow} row */
function entriesCell({ format }, { type, entries, entryBytes }) {
  if (entries === 0) return UNKNOWN;
  return [
    h('a', { href: hashOf('entries', { type }) }, format.number(entries)),
    h('div', { class: 'muted small' }, format.bytes(entryBytes)),
  ];
}

/** @param {Ui} ui @returns {Column<TypeRow>} */
function actionsColumn(ui) {
  const { t } = ui;
  return {
    id: 'actions',
    label: t('column.actions'),
    hiddenLabel: true,
    cell: ({ type, enabled, entries, entryBytes, usualSourceMs, ttlOverrideMs }) => {
      const loss = { entries, bytes: entryBytes, usualMs: usualSourceMs };
      const current = ttlOverrideMs === null ? '' : asDuration(ttlOverrideMs);
      const switching = t(enabled ? 'do.switchOff' : 'do.switchOn');
      return h(
        'div',
        { class: 'buttons' },
        rowButton(ui, t('do.clear'), type, () => void clearType(ui, type, loss)),
        rowButton(ui, t('do.ttl'), type, () => void changeTtl(ui, type, current)),
        rowButton(ui, switching, type, () => void switchType(ui, type, !enabled)),
      );
    },
  };
}
