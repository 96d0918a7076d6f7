/** @typedef {{ view: string, params: URLSearchParams }} Route */

/**
 * `#/entries?type=a&company=7` read; the hash alone, so that the page needs no route of the server.
 * @param {string} hash
 * @returns {Route}
 */
export function parseHash(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { view: path, params: new URLSearchParams(query) };
}

/**
 * The address of a view. Empty parameters are left out.
 * @param {string} view
 * @param {Record<string, string | null | undefined>} [params]
 */
export function hashOf(view, params = {}) {
  const given = Object.entries(params).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(given).toString();
  return query === '' ? `#/${view}` : `#/${view}?${query}`;
}
