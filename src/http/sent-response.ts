import { AsyncResource } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { HttpResponse } from './http-types.js';

/** Calls the listener, in the async context of its request, once the answer has left or its client has gone. */
export function onceSent(response: HttpResponse, listener: () => void): void {
  raw(response).once('close', AsyncResource.bind(listener));
}

/** From now on headers that are set on an answer that has left are lost, instead of an error. */
export function muteHeaders(response: HttpResponse): void {
  const target = raw(response);
  const keep = (): ServerResponse => target;
  Object.assign(target, { setHeader: keep, setHeaders: keep, appendHeader: keep, removeHeader: keep });
}

/** Express hands out Node's own; Fastify has one inside its own. */
function raw(response: HttpResponse): ServerResponse {
  return (response as { raw?: ServerResponse }).raw ?? (response as unknown as ServerResponse);
}
