import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type Site } from './server-faults.js';

const EVERY_MS = 100;

const COUNT = `
  SELECT application_name, COUNT(*)::int AS connections FROM pg_stat_activity
  WHERE usename = 'app' GROUP BY application_name`;

/** Counts, now and then, the connections that each instance has to a server that may fail meanwhile. */
export class ConnectionCount {
  private most = 0;
  private isOver = false;

  static start(site: Site): ConnectionCount {
    const count = new ConnectionCount();
    const servers = [site.server, ...(site.standby === undefined ? [] : [site.standby])];
    const counting = Promise.all(servers.map((server) => count.watch(server)));
    onTestFinished(async () => {
      count.stop();
      await counting;
    });
    return count;
  }

  /** @returns the most of one instance at any moment. */
  stop(): number {
    this.isOver = true;
    return this.most;
  }

  /** On one connection for as long as it lasts: a server that is starting has none to spare for each look. */
  private async watch(server: Site['server']): Promise<void> {
    while (!this.isOver) {
      await this.look(server).catch(() => undefined);
      await setTimeout(EVERY_MS);
    }
  }

  private async look(server: Site['server']): Promise<void> {
    const client = await server.connect();
    try {
      while (!this.isOver) {
        const { rows } = await client.query<{ connections: number }>(COUNT);
        this.most = Math.max(this.most, ...rows.map(({ connections }) => connections));
        await setTimeout(EVERY_MS);
      }
    } finally {
      await client.end();
    }
  }
}
