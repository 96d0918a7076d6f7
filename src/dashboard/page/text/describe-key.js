/** Where a key of a request keeps what tells it from others (`toEntryName` in src/http/cache-request.ts). */
const PATTERN = 8;
const PARAMETERS = 9;
const QUERY = 10;

/**
 * A request's key as whoever asked would know it, `/reports/sales?companyId=7&period=2026-03`; `undefined` for keys of
 * another form, such as those of values set by code. For the eye alone: what is acted on is the key itself.
 * @param {string} key
 */
export function describeKey(key) {
  const parts = readTuple(key);
  const pattern = parts?.[PATTERN];
  if (parts === undefined || typeof pattern !== 'string') return undefined;
  const query = Object.entries({ ...parts[QUERY] }).map(([name, value]) => `${name}=${asText(value)}`);
  const path = fill(pattern, { ...parts[PARAMETERS] });
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** @param {string} key @returns {any[] | undefined} */
function readTuple(key) {
  if (!key.startsWith('http:')) return undefined;
  try {
    const tuple = JSON.parse(key.slice('http:'.length));
    return Array.isArray(tuple) ? tuple : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} pattern @param {Record<string, unknown>} parameters */
function fill(pattern, parameters) {
  return pattern.replace(/:(\w+)/g, (whole, name) =>
    Object.hasOwn(parameters, name) ? asText(parameters[name]) : whole,
  );
}

/** @param {unknown} value */
function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
