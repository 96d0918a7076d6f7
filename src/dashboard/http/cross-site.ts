import { ACTION_HEADER } from '../api/contract.js';
import { ApiProblem } from '../api/problem.js';
import type { HttpRequest } from '../../http/http-types.js';

/**
 * Refuses an action that another site may have had a user's browser send, with that user's cookies. A browser tells
 * by `Sec-Fetch-Site`, which no page can forge, or, over plain HTTP and in older ones, by `Origin`. Both may be absent
 * only outside browsers; the header that every action must carry keeps forms and simple requests out in any case.
 * @see https://www.w3.org/TR/fetch-metadata/, https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 * @throws {ApiProblem} 403 `CROSS_SITE`.
 */
export function refuseCrossSite(request: HttpRequest): void {
  const { headers } = request;
  if (headers[ACTION_HEADER] !== '1') throw refusal(`an action must carry the header ${ACTION_HEADER}: 1`);
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site !== 'same-origin') throw refusal('an action must come from the page of this dashboard');
    return;
  }
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== (request.host ?? headers['host']))
    throw refusal(
      'an action must come from the page of this dashboard; behind a proxy that changes Host, let the app trust it',
    );
}

function refusal(message: string): ApiProblem {
  return new ApiProblem(403, 'CROSS_SITE', message);
}

/** `undefined`, which is no host, for what is no origin, such as `null`. */
function hostOf(origin: string | string[]): string | undefined {
  try {
    return new URL(String(origin)).host;
  } catch {
    return undefined;
  }
}
