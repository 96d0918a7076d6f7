/** @import { ActionBodies, ActionName, ActionResult, Problem, ViewName, ViewQueries, Views } from '../api/contract.js' */
/** @typedef {ReturnType<typeof createApi>} Api */
/** @typedef {Record<string, string | number | undefined>} Parameters */

/** An answer that is no 200. `code` and the message are the server's own; without them, the status says what there is to say. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {Problem['error'] | undefined} problem
   */
  constructor(status, problem) {
    super(problem?.message ?? '');
    this.name = 'ApiError';
    this.status = status;
    this.code = problem?.code;
  }
}

/** The dashboard's JSON API beside this page. @param {URL} [base] */
export function createApi(base = new URL('../api/', import.meta.url)) {
  return {
    /**
     * @template {ViewName} Name
     * @param {Name} name
     * @param {ViewQueries[Name]} query
     * @param {AbortSignal} [signal]
     * @returns {Promise<Views[Name]>}
     * @throws {ApiError} for an answer that is no 200
     * @throws {TypeError} when there is none
     */
    async view(name, query, signal) {
      const url = new URL(name, base);
      for (const [key, value] of Object.entries(/** @type {Parameters} */ (query))) {
        if (value !== undefined && value !== '') url.searchParams.set(key, String(value));
      }
      return readAnswer(await fetch(url, { signal, headers: { accept: 'application/json' } }));
    },

    /**
     * @template {ActionName} Name
     * @param {Name} name
     * @param {ActionBodies[Name]} body
     * @returns {Promise<ActionResult>}
     * @throws {ApiError} for an answer that is no 200
     * @throws {TypeError} when there is none
     */
    async act(name, body) {
      const headers = { 'content-type': 'application/json', 'x-reports-cache-action': '1' };
      const answer = await fetch(new URL(`actions/${name}`, base), {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return readAnswer(answer);
    },
  };
}

/**
 * @param {Response} answer
 * @returns {Promise<any>}
 */
async function readAnswer(answer) {
  const body = await answer.json().catch(() => undefined);
  if (answer.ok && body !== undefined) return body;
  throw new ApiError(answer.status, isProblem(body) ? body.error : undefined);
}

/**
 * A guard of the app answers in a form of its own.
 * @param {any} body
 * @returns {body is Problem}
 */
function isProblem(body) {
  return typeof body?.error?.message === 'string';
}
