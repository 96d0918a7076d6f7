import uPlot from '../uplot.js';

/** @import { Ui } from '../ui.js' */

/**
 * @typedef {object} ChartSeries
 * @property {string} label
 * @property {'hit' | 'miss' | 'stale' | 'saved' | 'danger'} tone the colour token
 * @property {'bars' | 'line' | 'dashed' | 'area'} kind bars are stacked upon one another, the first at the bottom
 */

/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {ChartSeries[]} series
 * @property {(value: number | null | undefined) => string} format
 * @property {(value: number) => string} [axisFormat] where there is less room than in the legend; else `format`
 * @property {[number, number]} [range] of the y axis; else from 0 to what is there
 * @property {boolean} [logarithmic] of the y axis, for values that differ by powers of ten
 * @property {boolean} [durations] whether the values are milliseconds
 */

const DAY_MS = 86_400_000;

/** Steps of an axis of durations, in milliseconds: those that a clock has, for `83.3 min` is no round figure. */
const DURATION_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000].map((days) => days * DAY_MS),
];
const AXIS_FONT = '11px system-ui, sans-serif';

/**
 * The value of a colour token in the theme that is shown now.
 * @param {string} token
 */
export function colour(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
}

/**
 * @param {Ui} ui
 * @param {ChartOptions} options
 * @param {(index: number | null | undefined) => void} onPoint
 * @returns {Omit<uPlot.Options, 'width' | 'height'>}
 */
export function plotOptions(ui, options, onPoint) {
  const { series, range, logarithmic } = options;
  return {
    ms: 1,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: 'reports-cache' },
    },
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx)] },
    scales: {
      x: { time: true, range: wholeBars },
      y: logarithmic ? { distr: 3 } : { range: range ?? fromZero },
    },
    axes: [timeAxis(ui), valueAxis(options)],
    series: [{}, ...series.map(toPlotSeries).reverse()],
  };
}

/**
 * Half an interval more at either end, where half a bar would be cut off otherwise.
 * @type {uPlot.Range.Function}
 */
function wholeBars({ data: [times = []] }, first, last) {
  const half = ((times[1] ?? first) - (times[0] ?? first)) / 2;
  return [first - half, last + half];
}

/** @type {uPlot.Range.Function} */
function fromZero(_plot, low, high) {
  const top = high > 0 ? high * 1.08 : 1;
  return [Math.min(low, 0) * 1.08, top];
}

/**
 * Colours are asked for at every drawing, so that a change of the theme needs no new plot.
 * @param {ChartSeries} series
 * @returns {uPlot.Series}
 */
function toPlotSeries({ tone, kind }) {
  const stroke = () => colour(tone);
  // A line between points needs two of them: what stands alone is a point.
  const points = { show: kind !== 'bars', filter: lonePoints };
  if (kind === 'bars')
    return { stroke, fill: stroke, width: 0, points, paths: uPlot.paths.bars?.({ size: [0.8, 26] }) };
  const fill = kind === 'area' ? () => `color-mix(in srgb, ${colour(tone)} 16%, transparent)` : undefined;
  const dash = kind === 'dashed' ? [4, 3] : undefined;
  return { stroke, fill, dash, width: kind === 'dashed' ? 1 : 2, points, spanGaps: false };
}

/**
 * The points without a neighbour, through which no line goes.
 * @param {uPlot} plot
 * @param {number} series
 * @param {boolean} show
 * @returns {number[] | null}
 */
function lonePoints(plot, series, show) {
  const values = plot.data[series] ?? [];
  if (!show) return null;
  return [...values.keys()].filter(
    (at) => values[at] != null && values[at - 1] == null && values[at + 1] == null,
  );
}

/** @param {Ui} ui @returns {uPlot.Axis} */
function timeAxis(ui) {
  const hours = ui.format.dates({ hour: '2-digit', minute: '2-digit' });
  const days = ui.format.dates({ day: 'numeric', month: 'short' });
  return {
    ...plainAxis(),
    space: 64,
    size: 30,
    values: (_plot, splits, _axis, _space, increment) =>
      splits.map((time) => (increment >= DAY_MS || isMidnight(time) ? days(time) : hours(time))),
  };
}

/** @param {ChartOptions} options @returns {uPlot.Axis} */
function valueAxis({ format, axisFormat = format, logarithmic, durations }) {
  return {
    ...plainAxis(),
    size: 58,
    space: 34,
    values: (_plot, splits) => splits.map((value) => (value === null ? '' : axisFormat(value))),
    ...(durations ? { incrs: DURATION_STEPS } : {}),
    ...(logarithmic
      ? { filter: (_plot, splits) => splits, splits: (_plot, _axis, low, high) => powersOfTen(low, high) }
      : {}),
  };
}

/** @param {number} low above 0 @param {number} high */
function powersOfTen(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => 10 ** (first + index));
}

/** @returns {uPlot.Axis} */
function plainAxis() {
  const grid = { stroke: () => colour('line'), width: 1 };
  return { stroke: () => colour('text-muted'), font: AXIS_FONT, grid, ticks: { ...grid, size: 4 } };
}

/** @param {number} time */
function isMidnight(time) {
  const date = new Date(time);
  return date.getHours() === 0 && date.getMinutes() === 0;
}
