import type { ResolvedOptions } from '../common/options.js';
import { atOnce } from './at-once.js';
import type { HttpRequest } from './http-types.js';

/** As everywhere else: a longer name could not be purged, nor switched off. */
const MAX_LENGTH = 200;

/**
 * The username of a request by the app's `identify`, or by `request.user`; `undefined` when nobody is named.
 * @throws {TypeError} when `identify` returned a promise.
 */
export function readUsername(
  identify: ResolvedOptions['identify'],
  request: HttpRequest,
): string | undefined {
  const username: unknown =
    identify === undefined
      ? usernameOf(request.user)
      : atOnce(identify(request as never), 'identify')?.username;
  const text = isWholeNumber(username) ? String(username) : username;
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_LENGTH && text.isWellFormed()
    ? text
    : undefined;
}

function usernameOf(user: unknown): unknown {
  if (typeof user !== 'object' || user === null) return undefined;
  const { username, id, sub } = user as { username?: unknown; id?: unknown; sub?: unknown };
  return username ?? id ?? sub;
}

function isWholeNumber(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
