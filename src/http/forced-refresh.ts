import type { ResolvedOptions } from '../common/options.js';
import { atOnce } from './at-once.js';
import { headerMembers } from './header-list.js';
import type { HttpRequest } from './http-types.js';

/**
 * Whether this request asks past what is stored, by `Cache-Control: no-cache` (RFC 9111, section 5.2.1.4), and may:
 * without a permission anybody could send every request to the source.
 */
export function wantsRefresh(refresh: ResolvedOptions['refresh'], request: HttpRequest): boolean {
  if (refresh === undefined) return false;
  const cacheControl = request.headers['cache-control'];
  if (cacheControl === undefined || !headerMembers(String(cacheControl)).includes('no-cache')) return false;
  return atOnce(refresh.allow(request as never), 'refresh.allow');
}
