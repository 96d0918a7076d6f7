import { h } from '../dom.js';

/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */
/** @typedef {{ id: string, descending: boolean }} Sort */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {(row: Row) => Children} cell
 * @property {boolean} [numeric] aligned on the right, in figures of one width
 * @property {boolean} [sortable]
 * @property {boolean} [hiddenLabel] for a column whose content speaks for itself, such as one of buttons
 */

/**
 * @template Row
 * @typedef {object} TableOptions
 * @property {string} caption what the table is, for those who hear it
 * @property {Column<Row>[]} columns the first names the row
 * @property {readonly Row[]} rows
 * @property {Sort} [sort]
 * @property {(sort: Sort) => void} [onSort]
 */

/**
 * A table that turns into cards where it is narrow. The roles are said again because a table that is laid out as
 * anything else is no longer one to a screen reader.
 * @template Row
 * @param {Ui} ui
 * @param {TableOptions<Row>} options
 */
export function table(ui, options) {
  const { caption, columns, rows } = options;
  return h(
    'table',
    { class: 'table', role: 'table' },
    h('caption', { class: 'visually-hidden' }, caption),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        columns.map((column) => headerCell(ui, column, options)),
      ),
    ),
    h(
      'tbody',
      { role: 'rowgroup' },
      rows.map((row) => bodyRow(columns, row)),
    ),
  );
}

/**
 * @template Row
 * @param {Ui} ui
 * @param {Column<Row>} column
 * @param {TableOptions<Row>} options
 */
function headerCell(ui, column, { sort, onSort }) {
  const sorted = sort?.id === column.id;
  const direction = sort?.descending ? 'descending' : 'ascending';
  const label = column.hiddenLabel ? h('span', { class: 'visually-hidden' }, column.label) : column.label;
  return h(
    'th',
    {
      scope: 'col',
      role: 'columnheader',
      class: column.numeric && 'numeric',
      'aria-sort': column.sortable ? (sorted ? direction : 'none') : null,
    },
    column.sortable && onSort !== undefined
      ? h(
          'button',
          {
            type: 'button',
            class: 'sort',
            'data-key': `sort-${column.id}`,
            title: ui.t('table.sortBy', { column: column.label }),
            onclick: () =>
              onSort({ id: column.id, descending: sorted ? !sort.descending : column.numeric === true }),
          },
          label,
        )
      : label,
  );
}

/**
 * @template Row
 * @param {Column<Row>[]} columns
 * @param {Row} row
 */
function bodyRow(columns, row) {
  return h(
    'tr',
    { role: 'row' },
    columns.map((column, index) =>
      index === 0
        ? h('th', { scope: 'row', role: 'rowheader' }, column.cell(row))
        : h(
            'td',
            {
              role: 'cell',
              class: column.numeric && 'numeric',
              'data-label': column.hiddenLabel ? null : column.label,
            },
            h('div', { class: 'cell' }, column.cell(row)),
          ),
    ),
  );
}

/**
 * The rows in this order; what is unknown comes last in either direction.
 * @template Row
 * @param {readonly Row[]} rows
 * @param {Sort} sort
 * @param {Record<string, (row: Row) => string | number | null>} values by the column's id
 * @param {(a: string, b: string) => number} compareTexts
 */
export function sortRows(rows, sort, values, compareTexts) {
  const valueOf = values[sort.id];
  if (valueOf === undefined) return [...rows];
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((first, second) => {
    const [a, b] = [valueOf(first), valueOf(second)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * compareTexts(String(a), String(b));
  });
}
