import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { onTestFinished } from 'vitest';
import { POSTGRES_URL } from '../../support/postgres.js';

/** What lies between an instance and its server, and can be cut, slow, or lead elsewhere. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private state: 'whole' | 'cut' | 'frozen' = 'whole';
  private delayMs = 0;

  private constructor(
    readonly port: number,
    private target: string,
  ) {}

  /** Closed when the test has finished. */
  static async lay(target = POSTGRES_URL): Promise<Wire> {
    const server = createServer((near) => wire.join(near)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new Wire((server.address() as AddressInfo).port, target);
    onTestFinished(() => {
      wire.cut();
      server.close();
    });
    return wire;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  cut(): void {
    this.state = 'cut';
    this.destroyAll();
  }

  /** Nothing comes through any more, and nobody is told. */
  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** From now on each message takes so long, in milliseconds. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** To another server; whoever was connected must connect anew. */
  leadTo(target: string): void {
    this.target = target;
    this.destroyAll();
  }

  private destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket): void {
    if (this.state === 'cut') return void near.destroy();
    const { hostname, port } = new URL(this.target);
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
      if (this.state === 'whole') from.pipe(this.delay()).pipe(to);
    }
  }

  private delay(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (this.delayMs === 0) done(null, chunk);
        else setTimeout(done, this.delayMs, null, chunk);
      },
    });
  }
}
