import { ServerResponse } from 'node:http';
import type { HttpResponse } from './http-types.js';

/** How an adapter would send what a handler returned; what is stored must be the same. */
export interface HttpDialect {
  /** The text of a body and its content type, had the handler not set one. */
  toText(body: unknown, response: HttpResponse): { text: string | undefined; contentType: string };
  /** Whether this body goes out as no bytes at all. Fastify makes JSON of `null`. */
  isEmpty(body: unknown): boolean;
  /** Whether a Buffer or typed array goes out as bytes. Express makes JSON of it. */
  readonly sendsBytes: boolean;
  setHeader(response: HttpResponse, name: string, value: string): void;
  setStatus(response: HttpResponse, status: number): void;
  /** What the interceptor returns so that this body is sent as it is, on a response whose headers are set. */
  toResult(response: HttpResponse, body: OutgoingBody): unknown;
}

export interface OutgoingBody {
  readonly bytes: Buffer;
  /** The adapter would name its charset. */
  readonly isText: boolean;
  /** The same as a text, where sending that is cheaper. */
  readonly text: string | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Express: objects by `response.json()`, everything else as a text (Nest's `ExpressAdapter.reply`). */
export const expressDialect: HttpDialect = {
  isEmpty: (body) => body === undefined || body === null,
  sendsBytes: false,
  setHeader: (response, name, value) => void (response as ExpressResponse).setHeader(name, value),
  setStatus: (response, status) => void ((response as ExpressResponse).statusCode = status),
  toResult: sendByExpress,
  toText: (body, response) =>
    typeof body === 'object'
      ? { text: expressJson(body, response as ExpressResponse), contentType: JSON_TYPE }
      : { text: `${body as string | number | boolean}`, contentType: 'text/html; charset=utf-8' },
};

/** Fastify: texts as they are, everything else by its serializer (`reply.send`). */
export const fastifyDialect: HttpDialect = {
  isEmpty: (body) => body === undefined,
  sendsBytes: true,
  setHeader: (response, name, value) => void (response as FastifyReply).header(name, value),
  setStatus: (response, status) => void (response as FastifyReply).code(status),
  toResult: sendByFastify,
  toText: (body, response) =>
    typeof body === 'string'
      ? { text: body, contentType: 'text/plain; charset=utf-8' }
      : { text: (response as FastifyReply).serialize(body), contentType: JSON_TYPE },
};

interface FastifyReply extends HttpResponse {
  header(name: string, value: string): unknown;
  code(status: number): unknown;
  /** By the app's serializer or the route's schema, else by `JSON.stringify`. */
  serialize(payload: unknown): string;
}

interface ExpressResponse extends Omit<HttpResponse, 'statusCode'> {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  send(body?: unknown): unknown;
  end(body: string | Buffer): unknown;
  readonly req?: { readonly method: string };
  readonly app?: { get(setting: string): unknown };
}

/**
 * Nest makes JSON of a Buffer, and calls `send()` with nothing when an interceptor returned nothing: this one call is
 * handed the bytes. Rejected: returning them as a text, which decodes and encodes a report of megabytes again on every
 * hit, and as a `StreamableFile`, which takes a stream's detour; sending here and never settling, which leaves
 * whoever traces the request waiting for its end.
 */
function sendByExpress(response: HttpResponse, { bytes, isText, text }: OutgoingBody): undefined {
  const target = response as ExpressResponse;
  const mayEnd = knowsAllThatSendAdds(target) && isOriginalSend(target);
  const send = target.send.bind(target);
  if (isText) target.setHeader('Content-Type', withUtf8(String(target.getHeader('content-type'))));
  target.send = () => {
    target.send = send;
    return mayEnd ? endWith(target, text ?? bytes, bytes.length) : send(bytes);
  };
}

/** `send()` gives bytes without a type one of its own, and knows that the answer to HEAD has no body. */
function knowsAllThatSendAdds(target: ExpressResponse): boolean {
  return target.getHeader('content-type') !== undefined && target.req?.method === 'GET';
}

/** A reply with a serializer of its own applies it to a text, though never to bytes. */
function sendByFastify(response: HttpResponse, { bytes, text }: OutgoingBody): string | Buffer {
  return text === undefined || hasOwnSerializer(response) ? bytes : text;
}

let serializerSymbol: symbol | undefined;

/** Fastify keeps it under a symbol that it does not export; where a version has none, every reply counts as having one. */
function hasOwnSerializer(reply: object): boolean {
  serializerSymbol ??= Object.getOwnPropertySymbols(reply).find(
    ({ description }) => description === 'fastify.reply.serializer',
  );
  return serializerSymbol === undefined || (reply as Record<symbol, unknown>)[serializerSymbol] !== null;
}

/** Express's own method, or one that somebody put before it to see every answer. */
function isOriginalSend(target: ExpressResponse): boolean {
  let owner: object | null = target;
  while (owner !== null && !Object.hasOwn(owner, 'send'))
    owner = Object.getPrototypeOf(owner) as object | null;
  return owner !== null && Object.getPrototypeOf(owner) === ServerResponse.prototype;
}

/** `send()` would make a Buffer of a text again, and compare the validators that have been compared. */
function endWith(target: ExpressResponse, body: string | Buffer, byteLength: number): unknown {
  target.setHeader('Content-Length', String(byteLength));
  return target.end(body);
}

/** As Express does for every text it sends. */
function withUtf8(contentType: string): string {
  return contentType.endsWith('; charset=utf-8')
    ? contentType
    : `${contentType.replace(/;\s*charset=[^;]*/i, '')}; charset=utf-8`;
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
