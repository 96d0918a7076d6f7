import { h, replace } from '../dom.js';
import uPlot from '../uplot.js';
import { onThemeChange } from '../theme.js';
import { plotOptions } from './plot-options.js';
import { table } from './table.js';

/** @import { Ui } from '../ui.js' */
/** @import { ChartOptions } from './plot-options.js' */

/**
 * @typedef {object} ChartData
 * @property {number[]} times epoch milliseconds, ascending
 * @property {(number | null)[][]} values one list a series, as long as `times`
 * @property {(number | null)[]} totals one a series: what the legend shows while nothing is pointed at
 * @property {string} summary the chart in a sentence
 */

/** @typedef {{ element: HTMLElement, update: (data: ChartData) => void, destroy: () => void }} Chart */

const HEIGHT = 180;

/**
 * A chart over time with a legend that follows the pointer, and the same figures as a table for those who cannot see it.
 * It stays the same element from refresh to refresh, and listens to the page until it is destroyed.
 * @param {Ui} ui
 * @param {ChartOptions} options
 * @returns {Chart}
 */
export function createChart(ui, options) {
  const legend = h('ul', { class: 'chart-legend', 'aria-hidden': 'true' });
  const plot = h('div', { class: 'chart-plot', role: 'img', 'data-nothing': ui.t('chart.nothing') });
  const asTable = h('details', { class: 'chart-table' });
  const element = h(
    'figure',
    { class: 'card chart' },
    h('div', { class: 'card-head' }, h('figcaption', {}, h('h2', {}, options.title)), legend),
    h('div', { class: 'card-body' }, plot, asTable),
  );
  /** @type {uPlot | undefined} */
  let drawn;
  /** @type {ChartData} */
  let data = { times: [], values: [], totals: [], summary: '' };

  const showLegend = (/** @type {number | null | undefined} */ index) =>
    replace(legend, legendOf(options, data, index));

  const draw = () => {
    plot.classList.toggle('nothing', isEmpty(data));
    if (plot.clientWidth === 0 || isEmpty(data)) return;
    const size = { width: plot.clientWidth, height: HEIGHT };
    if (drawn === undefined)
      drawn = new uPlot({ ...plotOptions(ui, options, showLegend), ...size }, toPlot(options, data), plot);
    else drawn.setSize(size);
  };

  const resizing = new ResizeObserver(draw);
  resizing.observe(plot);
  const listening = new AbortController();
  onThemeChange(() => drawn?.redraw(), { signal: listening.signal });

  const update = (/** @type {ChartData} */ newest) => {
    data = newest;
    plot.setAttribute('aria-label', `${options.title}: ${data.summary}`);
    showLegend(null);
    fillTable(ui, asTable, options, data);
    drawn?.setData(toPlot(options, data));
    draw();
  };
  const destroy = () => {
    listening.abort();
    resizing.disconnect();
    drawn?.destroy();
    drawn = undefined;
  };
  return { element, update, destroy };
}

/** @param {ChartData} data */
function isEmpty({ values }) {
  return values.every((own) => own.every((value) => value === null));
}

/**
 * uPlot's columns. Bars stand upon one another, so each is drawn up to its own top, the highest first.
 * @param {ChartOptions} options
 * @param {ChartData} data
 * @returns {uPlot.AlignedData}
 */
function toPlot({ series }, { times, values }) {
  const tops = values.map((own, index) =>
    series[index]?.kind === 'bars' ? own.map((_, at) => sumUpTo(values, index, at)) : own,
  );
  return /** @type {uPlot.AlignedData} */ ([times, ...tops.reverse()]);
}

/** @param {(number | null)[][]} values @param {number} index @param {number} at */
function sumUpTo(values, index, at) {
  return values.slice(0, index + 1).reduce((sum, own) => sum + (own[at] ?? 0), 0);
}

/**
 * @param {ChartOptions} options
 * @param {ChartData} data
 * @param {number | null | undefined} index of the time that is pointed at
 */
function legendOf({ series, format }, { values, totals }, index) {
  return series.map(({ label, tone, kind }, which) => {
    const value = index === null || index === undefined ? totals[which] : values[which]?.[index];
    return h(
      'li',
      {},
      h('span', { class: `swatch ${tone} ${kind}` }),
      label,
      ' ',
      h('strong', {}, format(value)),
    );
  });
}

/**
 * Filled when it is opened: most readers never do.
 * @param {Ui} ui
 * @param {HTMLDetailsElement} details
 * @param {ChartOptions} options
 * @param {ChartData} data
 */
function fillTable(ui, details, options, data) {
  const content = h('div', { tabindex: 0, role: 'region', 'aria-label': options.title });
  const fill = () => {
    if (details.open) replace(content, dataTable(ui, options, data));
  };
  details.ontoggle = fill;
  replace(details, h('summary', { 'data-key': `table ${options.title}` }, ui.t('chart.asTable')), content);
  fill();
}

/**
 * @param {Ui} ui
 * @param {ChartOptions} options
 * @param {ChartData} data
 */
function dataTable(ui, { title, series, format }, { times, values }) {
  const rows = times.map((time, at) => ({ time, at })).reverse();
  return table(ui, {
    caption: title,
    columns: [
      { id: 'time', label: ui.t('column.time'), cell: ({ time }) => ui.format.dateTime(time) },
      ...series.map(({ label }, which) => ({
        id: String(which),
        label,
        numeric: true,
        cell: (/** @type {{ at: number }} */ { at }) => format(values[which]?.[at]),
      })),
    ],
    rows,
  });
}
