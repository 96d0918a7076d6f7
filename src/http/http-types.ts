/** What this module reads from a request; Express's and Fastify's both have it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  readonly user?: unknown;
  /** `http` or `https`; by `X-Forwarded-Proto` where the app trusts its proxy. */
  readonly protocol?: string;
  /** Name and port; by `X-Forwarded-Host` where the app trusts its proxy. */
  readonly host?: string;
  /** Nest: what a controller's `host` pattern matched. */
  readonly hosts?: unknown;
  /** Fastify: Node's own request; Express's is Node's own. */
  readonly raw?: object;
  /** Express: the route that matched. */
  readonly route?: { readonly path?: unknown };
  /** Fastify: the route that matched. */
  readonly routeOptions?: { readonly url?: string };
  /** `authorized`: the client showed a certificate that was verified. */
  readonly socket?: {
    readonly destroyed?: boolean;
    readonly localPort?: number;
    readonly authorized?: boolean;
  };
}

/** What this module reads from a response; Express's and Fastify's both have it. */
export interface HttpResponse {
  readonly statusCode: number;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  /** `name` in lower case. */
  getHeader(name: string): number | string | string[] | undefined;
  /** Node's, which Express hands on; Fastify has another. */
  setHeader?(name: string, value: string): unknown;
}
