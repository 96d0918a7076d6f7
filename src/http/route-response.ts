import type { Exchange } from './exchange.js';
import { headersOfRoute, snapshotHeaders, type Headers } from './response-headers.js';

/** Status and headers as the route left them. */
export interface RouteResponse {
  readonly status: number;
  /** All that stand on the response. */
  readonly present: Headers;
  /** Those that the route set, not the app's middleware. */
  readonly ofRoute: Headers;
}

/**
 * To be called before the handler runs.
 * @returns a function that reads what the handler left. When the request was answered meanwhile, the response carries
 * that answer's status and headers, and the route's are those it had before.
 */
export function watchResponse(exchange: Exchange): () => RouteResponse {
  const { response, plan } = exchange;
  const before = snapshotHeaders(response);
  const { statusCode } = response;
  return () => {
    const status = exchange.answered ? statusCode : response.statusCode;
    const present = exchange.answered ? before : snapshotHeaders(response);
    return { status, present, ofRoute: headersOfRoute(before, present, plan.decoratedHeaders) };
  };
}
