/** @import { HealthPoint, OverviewView } from '../../api/contract.js' */

/** @typedef {'well' | 'watermarkOut' | 'storeOut'} Verdict */

/** @type {readonly Verdict[]} */
const VERDICTS = ['well', 'watermarkOut', 'storeOut'];

/**
 * The checks of each interval as shares of what they found, so that a year has no more bars than a day. An interval
 * without a check has no bar: no process ran.
 * @param {Pick<OverviewView, 'series' | 'health'>} overview
 */
export function healthShares({ series, health }) {
  const times = series.map(({ at }) => at);
  const checks = byInterval(times, health);
  return {
    times,
    values: VERDICTS.map((verdict) => checks.map((points) => shareOf(verdict, points))),
    totals: VERDICTS.map((verdict) => shareOf(verdict, health)),
  };
}

/**
 * @param {readonly number[]} times the beginnings of the intervals, ascending
 * @param {readonly HealthPoint[]} health ascending
 */
function byInterval(times, health) {
  /** @type {HealthPoint[][]} */
  const intervals = times.map(() => []);
  let index = 0;
  for (const point of health) {
    while (index + 1 < times.length && (times[index + 1] ?? Infinity) <= point.at) index += 1;
    if (point.at >= (times[index] ?? Infinity)) intervals[index]?.push(point);
  }
  return intervals;
}

/** @param {Verdict} verdict @param {readonly HealthPoint[]} points */
function shareOf(verdict, points) {
  return points.length === 0
    ? null
    : points.filter((point) => verdictOf(point) === verdict).length / points.length;
}

/** @param {HealthPoint} point @returns {Verdict} */
function verdictOf({ storeOk, watermarkOk }) {
  if (!storeOk) return 'storeOut';
  return watermarkOk === false ? 'watermarkOut' : 'well';
}
