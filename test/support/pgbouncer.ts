import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, constants, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { POSTGRES_URL } from './postgres.js';

const binary = find('pgbouncer');

/** Whether the pooler is installed (Debian: `pgbouncer`); without it, what needs it is skipped. */
export const hasPgBouncer = binary !== undefined;

/** A PgBouncer in transaction mode before the tests' server, on a port of its own. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @param folder for its configuration. */
  static async start(folder: string): Promise<PgBouncer> {
    const port = await freePort();
    const configuration = join(folder, 'pgbouncer.ini');
    writeFileSync(configuration, configured(port));
    const isRoot = process.getuid?.() === 0;
    // As somebody else, whom it would not run without: root is refused.
    if (isRoot)
      for (const [path, mode] of [
        [folder, 0o755],
        [configuration, 0o644],
      ] as const)
        chmodSync(path, mode);
    const child = spawn(binary!, [...(isRoot ? ['-u', 'nobody'] : []), configuration], { stdio: 'ignore' });
    const bouncer = new PgBouncer(child, urlAt(port));
    await bouncer.listening(port);
    return bouncer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await ended;
  }

  private async listening(port: number): Promise<void> {
    while (!(await answers(port))) {
      if (this.child.exitCode !== null) throw new Error(`pgbouncer ended with ${this.child.exitCode}`);
      await setTimeout(20);
    }
  }
}

/** Fewer connections than a pool of ours has: they are given from one to another. */
function configured(port: number): string {
  const { hostname, port: serverPort, username, password, pathname } = new URL(POSTGRES_URL);
  const secret = password === '' ? '' : ` password=${decodeURIComponent(password)}`;
  return `[databases]
${pathname.slice(1)} = host=${hostname} port=${serverPort === '' ? 5432 : serverPort} user=${decodeURIComponent(username)}${secret}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`;
}

function urlAt(port: number): string {
  const url = new URL(POSTGRES_URL);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Debian has it where only root looks. */
function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
