import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { POSTGRES_URL } from '../../support/postgres.js';

/** What lies between an instance and its server, and can be cut. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private state: 'whole' | 'cut' | 'frozen' = 'whole';

  private constructor(readonly url: string) {}

  /** Closed when the test has finished. */
  static async lay(): Promise<Wire> {
    const server = createServer((near) => wire.join(near)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(POSTGRES_URL);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wire = new Wire(url.href);
    onTestFinished(() => {
      wire.cut();
      server.close();
    });
    return wire;
  }

  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing comes through any more, and nobody is told. */
  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  private join(near: Socket): void {
    if (this.state === 'cut') return void near.destroy();
    const { hostname, port } = new URL(POSTGRES_URL);
    const far = connect(Number(port === '' ? 5432 : port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.state === 'whole') from.pipe(to);
    }
  }
}
