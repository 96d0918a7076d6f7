import { setTimeout } from 'node:timers/promises';
import { type Client } from 'pg';
import { type OwnPostgres } from '../../support/own-postgres.js';
import { type Wire } from './wire.js';

/** What instances of the app depend on. */
export interface Site {
  readonly server: OwnPostgres;
  /** Leads to the server, where the fault needs one. */
  readonly wire: Wire | undefined;
  /** Follows the server, where the fault needs one. */
  readonly standby: OwnPostgres | undefined;
}

export interface ServerFault {
  readonly needs?: 'wire' | 'wire and standby';
  /** Whether the server answers in between, so that no breaker need open. */
  readonly isPassing?: boolean;
  /** Whether the app's own pool can reach the server meanwhile. */
  readonly sparesOthers?: boolean;
  /** Whether its processes wait inside the server, and do not notice that their client has given them up. */
  readonly hidesLeavers?: boolean;
  /** @returns what ends the cause. */
  begin(site: Site): Promise<() => Promise<void>>;
}

/** Between two times that all connections are ended, in milliseconds. */
const KILL_EVERY_MS = 1_200;

/** How long each message takes on a slow wire, in milliseconds: longer than anybody may wait for it. */
const SLOW_MS = 2_000;

const END_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`;

export const SERVER_FAULTS: Readonly<Record<string, ServerFault>> = {
  'is stopped': {
    begin: async ({ server }) => {
      await server.stop('fast');
      return () => server.start();
    },
  },
  crashes: {
    begin: async ({ server }) => {
      await server.stop('immediate');
      return () => server.start();
    },
  },
  'is restarted': {
    isPassing: true,
    begin: async ({ server }) => {
      await server.stop('fast');
      await server.start();
      return () => Promise.resolve();
    },
  },
  'stands still': {
    begin: ({ server }) => {
      server.pause();
      return Promise.resolve(() => Promise.resolve(server.resume()));
    },
  },
  'ends connections again and again': {
    isPassing: true,
    sparesOthers: true,
    begin: ({ server }) => repeatedly(KILL_EVERY_MS, () => server.query(END_CONNECTIONS)),
  },
  'is slow': {
    needs: 'wire',
    sparesOthers: true,
    begin: ({ wire }) => {
      wire!.slowDown(SLOW_MS);
      return Promise.resolve(() => Promise.resolve(wire!.slowDown(0)));
    },
  },
  'has its tables locked by somebody': {
    sparesOthers: true,
    hidesLeavers: true,
    begin: async ({ server }) => {
      const client = await server.connect('app');
      const tables = (await tablesOf(client)).join(', ');
      await untilLocked(client, tables);
      return () => client.end();
    },
  },
  'takes no writes': {
    begin: async ({ server }) => {
      await server.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await server.query('SELECT pg_reload_conf()');
      return async () => {
        await server.query('ALTER SYSTEM RESET default_transaction_read_only');
        await server.query('SELECT pg_reload_conf()');
      };
    },
  },
  'has no connection left': {
    sparesOthers: true,
    begin: async ({ server }) => {
      await server.query('ALTER ROLE app CONNECTION LIMIT 0');
      await server.query(END_CONNECTIONS);
      return async () => void (await server.query('ALTER ROLE app CONNECTION LIMIT -1'));
    },
  },
  'fails over': {
    needs: 'wire and standby',
    begin: async ({ server, wire, standby }) => {
      await server.stop('immediate');
      await setTimeout(500);
      // For a while it only reads.
      wire!.leadTo(standby!.url());
      return () => standby!.promote();
    },
  },
};

async function repeatedly(everyMs: number, work: () => Promise<unknown>): Promise<() => Promise<void>> {
  let isOver = false;
  await work();
  const running = (async () => {
    while (!isOver) {
      await setTimeout(everyMs);
      await work();
    }
  })();
  return () => {
    isOver = true;
    return running;
  };
}

async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname LIKE 'cache_%'`,
  );
  return rows.map(({ name }) => name);
}

/** Against the app's own transactions, with which it may collide. */
async function untilLocked(client: { query(text: string): Promise<unknown> }, tables: string): Promise<void> {
  for (;;) {
    try {
      await client.query('BEGIN');
      await client.query(`LOCK TABLE ${tables}`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
      await client.query('ROLLBACK');
    }
  }
}
