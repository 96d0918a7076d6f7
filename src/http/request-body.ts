import type { HttpRequest } from './http-types.js';

/** Whether the request has content (RFC 9112, section 6.3). In a GET it has no meaning, and it is not in the key. */
export function hasBody({ headers }: HttpRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}
