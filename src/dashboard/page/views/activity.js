import { h } from '../dom.js';
import { badge, tableCard } from '../parts/card.js';
import { name } from '../parts/name.js';
import { emptyState, region } from '../parts/region.js';
import { table } from '../parts/table.js';
import { hashOf } from '../router.js';

/** @import { ActivityView, ActionName, AuditRow } from '../../api/contract.js' */
/** @import { MessageKey } from '../text/en.js' */
/** @import { Column } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

/** The parts of a target, and what each is called. */
const TARGETS = /** @type {const} */ (['key', 'type', 'companyId', 'tag', 'username']);

/**
 * What was done through the dashboard, the newest first.
 * @param {Ui} ui
 * @param {URLSearchParams} params
 * @returns {View}
 */
export function activityView(ui, params) {
  const after = params.get('after') ?? undefined;
  return region(ui, {
    load: (signal) => ui.api.view('activity', { after }, signal),
    render: (data) => drawActivity(ui, data, after !== undefined),
  });
}

/** @param {Ui} ui @param {ActivityView} data @param {boolean} isLater */
function drawActivity(ui, { rows, next }, isLater) {
  const { t } = ui;
  const title = t('view.activity');
  if (rows.length === 0 && !isLater)
    return tableCard(emptyState(t('activity.empty'), t('activity.emptyHint')));
  const links = h(
    'div',
    { class: 'buttons' },
    isLater && h('a', { class: 'button small', href: hashOf('activity') }, t('activity.first')),
    next !== null &&
      h('a', { class: 'button small', href: hashOf('activity', { after: next }) }, t('activity.next')),
  );
  const isPaged = isLater || next !== null;
  return tableCard(table(ui, { caption: title, columns: columns(ui), rows }), isPaged && links);
}

/** @param {Ui} ui @returns {Column<AuditRow>[]} */
function columns(ui) {
  const { t, format } = ui;
  return [
    { id: 'time', label: t('column.time'), cell: ({ at }) => format.dateTime(at) },
    { id: 'who', label: t('column.who'), cell: (row) => whoCell(ui, row) },
    { id: 'action', label: t('column.action'), cell: (row) => actionCell(ui, row) },
    { id: 'target', label: t('column.target'), cell: (row) => targetCell(ui, row) },
    { id: 'outcome', label: t('column.outcome'), cell: (row) => outcomeCell(ui, row) },
  ];
}

/** @param {Ui} ui @param {AuditRow} row */
function whoCell({ t }, { username }) {
  return username === null ? h('span', { class: 'muted' }, t('activity.nobody')) : name(username);
}

/** @param {Ui} ui @param {AuditRow} row */
function actionCell({ t }, { action, value }) {
  const label = t(/** @type {MessageKey} */ (`action.${/** @type {ActionName} */ (action)}`));
  return [label, value === null ? null : [' ', badge(valueText({ t }, action, value))]];
}

/** @param {Pick<Ui, 't'>} ui @param {string} action @param {string} value */
function valueText({ t }, action, value) {
  if (action.endsWith('-enabled')) return t(value === 'true' ? 'value.on' : 'value.off');
  return value === '' ? t('value.asInCode') : value;
}

/** @param {Ui} ui @param {AuditRow} row */
function targetCell({ t }, { target }) {
  const given = TARGETS.flatMap((part) => {
    const value = target[part];
    return value === undefined
      ? []
      : [h('div', {}, h('span', { class: 'muted' }, `${t(`target.${part}`)} `), name(value))];
  });
  return given.length === 0 ? h('span', { class: 'muted' }, t('activity.everything')) : given;
}

/** @param {Ui} ui @param {AuditRow} row */
function outcomeCell({ t }, { action, outcome, removed }) {
  if (outcome === 'failed') return badge(t('activity.failed'), 'danger');
  const removesNothing = removed === null || action.startsWith('set-');
  return removesNothing ? t('activity.done') : t('activity.removed', { count: removed });
}
