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
 * @returns a function that reads what the route has set until now, or until the request was answered by something
 * else: from then on the response carries that answer's status and headers.
 */
export function watchResponse(exchange: Exchange): () => RouteResponse {
  const { response, plan } = exchange;
  const before = snapshotHeaders(response);
  const read = (): RouteResponse => {
    const present = snapshotHeaders(response);
    return {
      status: response.statusCode,
      present,
      ofRoute: headersOfRoute(before, present, plan.decoratedHeaders),
    };
  };
  let left: RouteResponse | undefined;
  exchange.onAnswer = () => (left = read());
  return () => {
    exchange.onAnswer = undefined;
    return left ?? read();
  };
}
