import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A GET request without a body. */
export interface InProcessRequest {
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: 'http' | 'https';
  /** The port that it seems to have come in by; `undefined` while the app listens on none. */
  readonly localPort: number | undefined;
}

/**
 * Hands a request to the app's own listener, without a connection, so that it passes all middleware, guards, pipes and
 * interceptors. The answer's body is thrown away as it comes.
 *
 * Rejected: `light-my-request`, which puts its own classes among the prototypes of Express's `request` and `response`,
 * where they stay for the requests of users; and a real connection to the app, whose requests could only be told from a
 * client's by something that a client could send too.
 * @param mark called with Node's request object before the app sees it.
 * @param signal aborts the request, as a client that hangs up does; its handler may go on.
 * @returns the status.
 * @throws what the listener throws; the signal's reason; an `Error` when the app ends the answer half-way.
 */
export function sendInProcess(
  listener: RequestListener,
  request: InProcessRequest,
  mark: (rawRequest: IncomingMessage) => void,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const socket = new NowhereSocket(request);
  const incoming = toIncoming(request, socket);
  const response = new ServerResponse(incoming);
  response.assignSocket(socket as unknown as Socket);
  const hangUp = (): void => {
    incoming.destroy();
    // A request that was read to its end leaves its connection open.
    socket.destroy();
  };
  signal.addEventListener('abort', hangUp, { once: true });
  return new Promise<number>((resolve, reject) => {
    response.once('finish', () => resolve(response.statusCode));
    response.once('close', () =>
      reject(signal.aborted ? (signal.reason as Error) : new Error('The app ended its answer half-way')),
    );
    mark(incoming);
    listener(incoming, response);
  }).finally(() => {
    signal.removeEventListener('abort', hangUp);
    socket.destroy();
  });
}

function toIncoming({ url, headers }: InProcessRequest, socket: Duplex): IncomingMessage {
  const incoming = new IncomingMessage(socket as unknown as Socket);
  Object.assign(incoming, {
    method: 'GET',
    url,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  });
  incoming.headers = { ...headers };
  incoming.rawHeaders = Object.entries(headers).flat();
  incoming.complete = true;
  incoming.push(null);
  return incoming;
}

/** What stands where a client's connection would be: it takes everything and says nothing. */
class NowhereSocket extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  readonly encrypted: boolean;
  readonly localPort: number | undefined;

  constructor({ protocol, localPort }: InProcessRequest) {
    super();
    this.encrypted = protocol === 'https';
    this.localPort = localPort;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
