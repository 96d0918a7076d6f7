import type { ResolvedOptions } from '../common/options.js';
import type { HttpRequest } from './http-types.js';

/** The username of a request by the app's `identify`, or by `request.user`; `undefined` when nobody is named. */
export function readUsername(
  identify: ResolvedOptions['identify'],
  request: HttpRequest,
): string | undefined {
  const username: unknown =
    identify === undefined ? usernameOf(request.user) : identify(request as never)?.username;
  const text = typeof username === 'number' ? String(username) : username;
  return typeof text === 'string' && text.length > 0 ? text : undefined;
}

function usernameOf(user: unknown): unknown {
  if (typeof user !== 'object' || user === null) return undefined;
  const { username, id, sub } = user as { username?: unknown; id?: unknown; sub?: unknown };
  return username ?? id ?? sub;
}
