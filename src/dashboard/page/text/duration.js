/** The longest unit first; each as `ms` reads it. */
const UNITS = /** @type {const} */ ([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]);

/**
 * Milliseconds as one would type them: `15m`, `90s`, `1500ms`.
 * @param {number} ms
 */
export function asDuration(ms) {
  const unit = UNITS.find(([, length]) => ms > 0 && ms % length === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
