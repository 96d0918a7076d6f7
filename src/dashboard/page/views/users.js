import { switchUser } from '../actions/switches.js';
import { h } from '../dom.js';
import { badge, tableCard } from '../parts/card.js';
import { name } from '../parts/name.js';
import { emptyState, region } from '../parts/region.js';
import { sortRows, table } from '../parts/table.js';
import { rowButton } from '../parts/tools.js';

/** @import { UserRow, UsersView } from '../../api/contract.js' */
/** @import { Column, Sort } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

const SEARCH_AFTER_MS = 250;

/** @type {Record<string, (row: UserRow) => string | number | null>} */
const SORTS = {
  user: (row) => row.username,
  cache: (row) => Number(row.enabled),
  requests: (row) => row.requests,
  seen: (row) => row.lastSeenAt,
};

/**
 * Users, and for whom the cache is off.
 * @param {Ui} ui
 * @returns {View}
 */
export function usersView(ui) {
  const search = h('input', { id: 'user-search', type: 'search', autocomplete: 'off', spellcheck: 'false' });
  /** @type {Sort} */
  let sort = { id: 'requests', descending: true };
  const part = region(ui, {
    load: (signal) => ui.api.view('users', { search: search.value.trim() || undefined }, signal),
    render: (data) => drawUsers(ui, data, sort, resort),
  });
  /** @param {Sort} wanted */
  const resort = (wanted) => {
    sort = wanted;
    part.redraw();
  };
  search.addEventListener('input', whenQuiet(part.refresh));
  const field = h(
    'div',
    { class: 'field' },
    h('label', { for: 'user-search' }, ui.t('users.search')),
    search,
  );
  return { ...part, element: h('div', { class: 'stack' }, field, part.element) };
}

/** @param {() => Promise<boolean>} act */
function whenQuiet(act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => void act(), SEARCH_AFTER_MS);
  };
}

/**
 * @param {Ui} ui
 * @param {UsersView} data
 * @param {Sort} sort
 * @param {(sort: Sort) => void} onSort
 */
function drawUsers(ui, { users, total }, sort, onSort) {
  const { t, format } = ui;
  const title = t('view.users');
  if (users.length === 0) return tableCard(emptyState(t('users.empty'), t('users.emptyHint')));
  const rows = sortRows(users, sort, SORTS, format.compare);
  const shown = { shown: users.length, count: total };
  return tableCard(
    table(ui, { caption: title, columns: columns(ui), rows, sort, onSort }),
    total > users.length && t('users.more', shown),
  );
}

/** @param {Ui} ui @returns {Column<UserRow>[]} */
function columns(ui) {
  const { t, format } = ui;
  return [
    { id: 'user', label: t('column.user'), sortable: true, cell: ({ username }) => name(username) },
    {
      id: 'cache',
      label: t('column.cache'),
      sortable: true,
      cell: ({ enabled }) => switchBadge(ui, enabled),
    },
    { id: 'switched', label: t('column.switched'), cell: ({ switchedAt }) => format.dateTime(switchedAt) },
    {
      id: 'requests',
      label: t('column.requestsToday'),
      numeric: true,
      sortable: true,
      cell: ({ requests }) => format.number(requests),
    },
    {
      id: 'seen',
      label: t('column.lastSeen'),
      numeric: true,
      sortable: true,
      cell: ({ lastSeenAt }) =>
        h('span', { title: format.dateTime(lastSeenAt) }, format.ago(lastSeenAt, Date.now())),
    },
    ...(ui.settings.readOnly ? [] : [actionsColumn(ui)]),
  ];
}

/** @param {Ui} ui @param {boolean} enabled */
function switchBadge({ t }, enabled) {
  return enabled ? badge(t('users.on'), 'ok') : badge(t('users.off'), 'warning');
}

/** @param {Ui} ui @returns {Column<UserRow>} */
function actionsColumn(ui) {
  const { t } = ui;
  return {
    id: 'actions',
    label: t('column.actions'),
    hiddenLabel: true,
    cell: ({ username, enabled }) => {
      const action = t(enabled ? 'do.switchOff' : 'do.switchOn');
      const press = () => void switchUser(ui, username, !enabled);
      return h('div', { class: 'buttons' }, rowButton(ui, action, username, press));
    },
  };
}
