/** How an adapter would send what a handler returned; what is stored must be the same. */
export interface HttpDialect {
  /** The text of a body and its content type, had the handler not set one. */
  toText(body: unknown, response: object): { text: string | undefined; contentType: string };
  /** Whether this body goes out as no bytes at all. Fastify makes JSON of `null`. */
  isEmpty(body: unknown): boolean;
  /** Whether a Buffer or typed array goes out as bytes. Express makes JSON of it. */
  readonly sendsBytes: boolean;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Express: objects by `response.json()`, everything else as a text (Nest's `ExpressAdapter.reply`). */
export const expressDialect: HttpDialect = {
  isEmpty: (body) => body === undefined || body === null,
  sendsBytes: false,
  toText: (body, response) =>
    typeof body === 'object'
      ? { text: expressJson(body, response), contentType: JSON_TYPE }
      : { text: `${body as string | number | boolean}`, contentType: 'text/html; charset=utf-8' },
};

/** Fastify: texts as they are, everything else by its serializer (`reply.send`). */
export const fastifyDialect: HttpDialect = {
  isEmpty: (body) => body === undefined,
  sendsBytes: true,
  toText: (body, response) =>
    typeof body === 'string'
      ? { text: body, contentType: 'text/plain; charset=utf-8' }
      : { text: (response as FastifyReply).serialize(body), contentType: JSON_TYPE },
};

interface FastifyReply {
  /** By the app's serializer or the route's schema, else by `JSON.stringify`. */
  serialize(payload: unknown): string;
}

interface ExpressResponse {
  readonly app?: { get(setting: string): unknown };
}

/** The settings by which an Express app changes its JSON: `json replacer`, `json spaces`, `json escape`. */
function expressJson(body: unknown, { app }: ExpressResponse): string | undefined {
  const replacer = app?.get('json replacer') as ((key: string, value: unknown) => unknown) | undefined;
  // A `toJSON` that returns nothing makes no text, which the types of `JSON.stringify` do not say.
  const json = JSON.stringify(body, replacer, app?.get('json spaces') as string | number) as
    string | undefined;
  return app?.get('json escape') === true ? json?.replace(/[<>&]/g, escapeForHtml) : json;
}

function escapeForHtml(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}
