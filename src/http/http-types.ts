/** What this module reads from a request; Express's and Fastify's both have it. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  readonly user?: unknown;
}

/** What this module reads from a response; Express's and Fastify's both have it. */
export interface HttpResponse {
  readonly statusCode: number;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}
