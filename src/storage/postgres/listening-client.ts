import { Socket } from 'node:net';
import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import type { ResolvedPostgresOptions } from '../../common/options.js';
import type { ListeningClient } from './notice-channel.js';

/** How long the server may take to let it in, in milliseconds. */
const CONNECT_PATIENCE_MS = 2_000;

/** The part of a `Client` of the npm package `pg` that is used. */
interface PgListener extends Pick<ListeningClient, 'on'> {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
}

type PgListenerType = new (options: Readonly<Record<string, unknown>>) => PgListener;

/** A connection for notices, not opened yet. @throws when the npm package `pg` cannot be loaded. */
export function createListeningClient({ listenUrl, ssl }: ResolvedPostgresOptions): ListeningClient {
  const { Client } = PlatformTools.load('pg') as { Client: PgListenerType };
  const socket = new Socket();
  const client = new Client({
    connectionString: listenUrl,
    ...(ssl !== undefined && { ssl }),
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
    application_name: 'reports-cache notices',
    keepAlive: true,
    // Our own, to be able to close it: pg's `end()` waits for a server that may hang.
    stream: () => socket,
  });
  const close = (): void => {
    client.end().catch(() => undefined);
    socket.destroy();
  };
  return {
    connect: () => client.connect(),
    query: (text) => client.query(text),
    on: client.on.bind(client),
    close,
  };
}
