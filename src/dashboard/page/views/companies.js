import { clearCompany } from '../actions/clearing.js';
import { h } from '../dom.js';
import { ratio, tableCard } from '../parts/card.js';
import { companyName } from '../parts/name.js';
import { emptyState, region } from '../parts/region.js';
import { sortRows, table } from '../parts/table.js';
import { rangeLinks, rangeOf, rowButton } from '../parts/tools.js';
import { hashOf } from '../router.js';
import { printable } from '../text/printable.js';
import { UNKNOWN } from '../text/format.js';

/** @import { CompaniesView, CompanyRow } from '../../api/contract.js' */
/** @import { Column, Sort } from '../parts/table.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

/** @type {Record<string, (row: CompanyRow) => string | number | null>} */
const SORTS = {
  company: (row) => row.companyId,
  requests: (row) => row.requests,
  hitRatio: (row) => row.hitRatio,
  saved: (row) => row.saved.totalMs,
  source: (row) => row.missSourceMs,
  entries: (row) => row.entryBytes,
};

/**
 * Companies: which are busy, which cost the source most.
 * @param {Ui} ui
 * @param {URLSearchParams} params
 * @returns {View}
 */
export function companiesView(ui, params) {
  const range = rangeOf(params, '30d');
  /** @type {Sort} */
  let sort = { id: 'requests', descending: true };
  const part = region(ui, {
    load: (signal) => ui.api.view('companies', { range }, signal),
    render: (data) => drawCompanies(ui, data, sort, resort),
  });
  /** @param {Sort} wanted */
  const resort = (wanted) => {
    sort = wanted;
    part.redraw();
  };
  return { ...part, tools: rangeLinks(ui, 'companies', range) };
}

/**
 * @param {Ui} ui
 * @param {CompaniesView} data
 * @param {Sort} sort
 * @param {(sort: Sort) => void} onSort
 */
function drawCompanies(ui, { companies, total, to }, sort, onSort) {
  const { t, format } = ui;
  const title = t('view.companies');
  if (companies.length === 0) return tableCard(emptyState(t('companies.empty'), t('companies.emptyHint')));
  const rows = sortRows(companies, sort, SORTS, format.compare);
  const shown = { shown: companies.length, count: total };
  return tableCard(
    table(ui, { caption: title, columns: columns(ui, to), rows, sort, onSort }),
    total > companies.length && t('companies.more', shown),
  );
}

/** @param {Ui} ui @param {number} now @returns {Column<CompanyRow>[]} */
function columns(ui, now) {
  const { t, format } = ui;
  const sorted = { numeric: true, sortable: true };
  return [
    {
      id: 'company',
      label: t('column.company'),
      sortable: true,
      cell: (row) => companyName(ui, row.companyId),
    },
    { id: 'requests', label: t('column.requests'), ...sorted, cell: (row) => format.number(row.requests) },
    { id: 'hitRatio', label: t('column.hitRatio'), ...sorted, cell: (row) => ratio(ui, row.hitRatio) },
    { id: 'saved', label: t('column.saved'), ...sorted, cell: (row) => format.duration(row.saved.totalMs) },
    {
      id: 'source',
      label: t('column.sourceTime'),
      ...sorted,
      cell: (row) => format.duration(row.missSourceMs),
    },
    { id: 'entries', label: t('column.entries'), ...sorted, cell: (row) => entriesCell(ui, row) },
    { id: 'watermark', label: t('column.watermark'), cell: (row) => watermarkCell(ui, row, now) },
    ...(ui.settings.readOnly ? [] : [actionsColumn(ui)]),
  ];
}

/** @param {Ui} ui @param {CompanyRow} row */
function entriesCell({ format }, { companyId, entries, entryBytes }) {
  if (companyId === null || entries === null || entries === 0)
    return entries === 0 ? format.number(0) : UNKNOWN;
  return [
    h('a', { href: hashOf('entries', { company: companyId }) }, format.number(entries)),
    h('div', { class: 'muted small' }, format.bytes(entryBytes)),
  ];
}

/** @param {Ui} ui @param {CompanyRow} row @param {number} now */
function watermarkCell({ format }, { watermark }, now) {
  if (watermark === null) return UNKNOWN;
  return [
    h('span', { title: format.dateTime(watermark.checkedAt) }, format.ago(watermark.checkedAt, now)),
    h('div', { class: 'muted small name' }, printable(watermark.schema)),
  ];
}

/** @param {Ui} ui @returns {Column<CompanyRow>} */
function actionsColumn(ui) {
  const { t } = ui;
  return {
    id: 'actions',
    label: t('column.actions'),
    hiddenLabel: true,
    cell: ({ companyId, entries, entryBytes }) => {
      if (companyId === null) return null;
      const press = () => void clearCompany(ui, companyId, { entries, bytes: entryBytes });
      return h('div', { class: 'buttons' }, rowButton(ui, t('do.clear'), companyId, press));
    },
  };
}
