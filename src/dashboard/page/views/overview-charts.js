import { createChart } from '../parts/chart.js';
import { healthShares } from './health-shares.js';

/** @import { OverviewView, SeriesPoint } from '../../api/contract.js' */
/** @import { Ui } from '../ui.js' */

/**
 * The charts of the overview: made once, fed at every refresh.
 * @param {Ui} ui
 */
export function overviewCharts(ui) {
  const traffic = [requests(ui), hitRatio(ui), saved(ui), times(ui)];
  const state = [size(ui), health(ui)];
  return {
    traffic: traffic.map(({ chart }) => chart.element),
    state: state.map(({ chart }) => chart.element),
    /** @param {OverviewView} overview */
    update(overview) {
      for (const { chart, read } of [...traffic, ...state])
        chart.update({ ...read(overview), summary: period(ui, overview) });
    },
    destroy() {
      for (const { chart } of [...traffic, ...state]) chart.destroy();
    },
  };
}

/** @param {Ui} ui @param {OverviewView} overview */
function period({ t, format }, { from, to }) {
  return t('chart.from', { from: format.dateTime(from), to: format.dateTime(to) });
}

/** @param {Ui} ui */
function requests(ui) {
  const { t, format } = ui;
  const parts = /** @type {const} */ ([
    ['hits', 'hit'],
    ['coalesced', 'saved'],
    ['stale', 'stale'],
    ['misses', 'miss'],
    ['failed', 'danger'],
  ]);
  const chart = createChart(ui, {
    title: t('overview.requestsChart'),
    series: parts.map(([name, tone]) => ({ label: t(`series.${name}`), tone, kind: 'bars' })),
    format: format.count,
    axisFormat: format.compactNumber,
  });
  const read = (/** @type {OverviewView} */ { series }) => {
    const values = parts.map(([name]) => series.map((point) => point[name]));
    return { times: timesOf(series), values, totals: values.map(sum) };
  };
  return { chart, read };
}

/** @param {Ui} ui */
function hitRatio(ui) {
  const chart = createChart(ui, {
    title: ui.t('overview.ratioChart'),
    series: [{ label: ui.t('column.hitRatio'), tone: 'hit', kind: 'area' }],
    format: ui.format.percent,
    range: [0, 1],
  });
  const read = (/** @type {OverviewView} */ { series, totals }) => ({
    times: timesOf(series),
    values: [series.map((point) => point.hitRatio)],
    totals: [totals.hitRatio],
  });
  return { chart, read };
}

/** @param {Ui} ui */
function saved(ui) {
  const chart = createChart(ui, {
    title: ui.t('overview.savedChart'),
    series: [{ label: ui.t('column.saved'), tone: 'saved', kind: 'bars' }],
    format: ui.format.duration,
    durations: true,
  });
  const read = (/** @type {OverviewView} */ { series, totals }) => ({
    times: timesOf(series),
    values: [series.map((point) => point.savedMs)],
    totals: [totals.saved.totalMs],
  });
  return { chart, read };
}

/** @param {Ui} ui */
function times(ui) {
  const { t, format } = ui;
  const chart = createChart(ui, {
    title: t('overview.timesChart'),
    series: [
      { label: t('series.hitP50'), tone: 'hit', kind: 'line' },
      { label: t('series.hitP95'), tone: 'hit', kind: 'dashed' },
      { label: t('series.missP50'), tone: 'miss', kind: 'line' },
      { label: t('series.missP95'), tone: 'miss', kind: 'dashed' },
    ],
    format: format.duration,
    logarithmic: true,
  });
  const read = (/** @type {OverviewView} */ { series, totals: { hit, miss } }) => ({
    times: timesOf(series),
    values: [
      series.map((point) => point.hit.p50Ms),
      series.map((point) => point.hit.p95Ms),
      series.map((point) => point.miss.p50Ms),
      series.map((point) => point.miss.p95Ms),
    ],
    totals: [hit.p50Ms, hit.p95Ms, miss.p50Ms, miss.p95Ms],
  });
  return { chart, read };
}

/** @param {Ui} ui */
function size(ui) {
  const { t, format } = ui;
  const chart = createChart(ui, {
    title: t('overview.sizeChart'),
    series: [
      { label: t('series.entryBytes'), tone: 'saved', kind: 'area' },
      { label: t('series.databaseBytes'), tone: 'stale', kind: 'line' },
    ],
    format: format.bytes,
  });
  const read = (/** @type {OverviewView} */ { health, store }) => ({
    times: health.map(({ at }) => at),
    values: [health.map(({ entryBytes }) => entryBytes), health.map(({ databaseBytes }) => databaseBytes)],
    totals: [store.entryBytes, store.databaseBytes],
  });
  return { chart, read };
}

/** @param {Ui} ui */
function health(ui) {
  const { t, format } = ui;
  const chart = createChart(ui, {
    title: t('overview.healthChart'),
    series: [
      { label: t('series.well'), tone: 'hit', kind: 'bars' },
      { label: t('series.watermarkOut'), tone: 'miss', kind: 'bars' },
      { label: t('series.storeOut'), tone: 'danger', kind: 'bars' },
    ],
    format: format.percent,
    range: [0, 1],
  });
  return { chart, read: healthShares };
}

/** @param {readonly SeriesPoint[]} series */
function timesOf(series) {
  return series.map(({ at }) => at);
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
