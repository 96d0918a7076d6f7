import { messageOf } from '../common/message-of.js';
import type { HttpRequest } from './http-types.js';

/**
 * A handler failed after its client had gone; a handler that stops its query when the connection closes does so.
 * Others who waited for it have not gone, and ask again.
 */
export class AbandonedLoad extends Error {
  constructor(
    readonly request: HttpRequest,
    override readonly cause: unknown,
  ) {
    super(`the client has gone; ${messageOf(cause)}`);
  }
}
