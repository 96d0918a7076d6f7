/** @typedef {ReturnType<typeof formats>} Formats */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest unit first; a length of time is told in the first that it fills. */
const DURATION_UNITS = /** @type {const} */ ([
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
]);

const BYTE_UNITS = /** @type {const} */ (['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']);

/** What stands for a figure that nobody knows. */
export const UNKNOWN = '–';

/**
 * Figures as the readers of a language write them, by `Intl`.
 * @param {string} language
 */
export function formats(language) {
  const number = new Intl.NumberFormat(language);
  const compactNumber = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'narrow' });

  /** @param {number} value @param {string} unit @param {number} [digits] @param {'short' | 'narrow'} [unitDisplay] */
  const inUnit = (value, unit, digits = 3, unitDisplay = 'narrow') =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay,
      maximumSignificantDigits: Math.max(digits, wholeDigits(value)),
    }).format(value);

  /** @param {number} ms */
  const duration = (ms) => {
    const found = DURATION_UNITS.findIndex(([, length]) => Math.abs(ms) >= length);
    if (found === -1) return inUnit(ms, 'millisecond', Math.abs(ms) < 10 ? 2 : 3);
    const [unit, length] = DURATION_UNITS[found] ?? ['second', SECOND];
    const next = DURATION_UNITS[found + 1];
    if (next === undefined || unit === 'second') return inUnit(ms / length, unit);
    return inTwoUnits(ms, unit, length, next[0], next[1]);
  };

  /** @param {number} ms @param {string} unit @param {number} length @param {string} nextUnit @param {number} nextLength */
  const inTwoUnits = (ms, unit, length, nextUnit, nextLength) => {
    const whole = Math.trunc(ms / length);
    const rest = Math.abs(Math.trunc((ms - whole * length) / nextLength));
    return rest === 0 ? inUnit(whole, unit) : `${inUnit(whole, unit)} ${inUnit(rest, nextUnit)}`;
  };

  /** @param {number} count */
  const bytes = (count) => {
    const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), BYTE_UNITS.length - 1);
    const display = power === 0 ? 'narrow' : 'short'; // "0 byte" is how Intl writes the short form
    return inUnit(count / 1_000 ** power, BYTE_UNITS[power] ?? 'byte', 3, display);
  };

  /** @param {number} time epoch milliseconds @param {number} now */
  const ago = (time, now) => {
    const passed = time - now;
    const [unit, length] = DURATION_UNITS.find(([, size]) => Math.abs(passed) >= size) ?? ['second', SECOND];
    return relative.format(Math.trunc(passed / length), unit);
  };

  return {
    count: orUnknown((value) => number.format(value)),
    number: (/** @type {number} */ value) => number.format(value),
    compactNumber: orUnknown((value) => compactNumber.format(value)),
    percent: orUnknown((value) => percent.format(value)),
    duration: orUnknown(duration),
    bytes: orUnknown(bytes),
    ago: (/** @type {number | null} */ time, /** @type {number} */ now) =>
      time === null ? UNKNOWN : ago(time, now),
    dateTime: orUnknown((time) => dateTime.format(time)),
    /** @param {Intl.DateTimeFormatOptions} options */
    dates: (options) => {
      const format = new Intl.DateTimeFormat(language, options);
      return (/** @type {number} */ time) => format.format(time);
    },
    compare: new Intl.Collator(language, { numeric: true }).compare,
  };
}

/**
 * @param {(value: number) => string} format
 * @returns {(value: number | null | undefined) => string}
 */
function orUnknown(format) {
  return (value) => (value === null || value === undefined ? UNKNOWN : format(value));
}

/** How many digits stand before the decimal point. @param {number} value */
function wholeDigits(value) {
  return Math.abs(value) < 1 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
}
