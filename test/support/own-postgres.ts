import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/** Debian keeps the server's programs out of the path. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

const BINARIES = findBinaries();
/** The server refuses to run as root. */
const OWNER = process.getuid?.() === 0 ? ownerIds() : undefined;

/** Why tests cannot have a server of their own here; `undefined`: they can. */
export const noOwnPostgres: string | undefined =
  BINARIES === undefined
    ? 'initdb and pg_ctl are not installed (Debian package postgresql)'
    : process.platform !== 'linux'
      ? 'its processes are looked for in /proc'
      : process.getuid?.() === 0 && OWNER === undefined
        ? 'there is no user postgres, and the server refuses to run as root'
        : undefined;

/** The role and database of the app; the role is no superuser, and owns the database. */
const APP = 'app';

/** A server of a test's own, on a spare port, that may be stopped, paused and replaced; gone when the test has finished. */
export class OwnPostgres {
  private stopped: readonly number[] = [];

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings such as `max_connections=20` */
  static async start(settings: readonly string[] = []): Promise<OwnPostgres> {
    const server = await OwnPostgres.create(settings, (data) =>
      execute('initdb', [
        '-D',
        data,
        '-U',
        'postgres',
        '--auth=trust',
        '--no-sync',
        '--no-locale',
        '-E',
        'UTF8',
      ]),
    );
    await server.query(`CREATE ROLE ${APP} LOGIN`);
    await server.query(`CREATE DATABASE ${APP} OWNER ${APP}`);
    return server;
  }

  private static async create(
    settings: readonly string[],
    fill: (data: string) => Promise<unknown>,
  ): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'own-postgres-'));
    if (OWNER !== undefined) chownSync(folder, OWNER.uid, OWNER.gid);
    const server = new OwnPostgres(folder, await sparePort(), settings);
    const remove = (): void => server.remove();
    process.once('exit', remove);
    onTestFinished(() => {
      process.off('exit', remove);
      remove();
    });
    await fill(server.data);
    await server.start();
    return server;
  }

  /** @param application tells the connections of one instance from those of others */
  url(application?: string, port = this.port): string {
    const name = application === undefined ? '' : `?application_name=${encodeURIComponent(application)}`;
    return `postgres://${APP}@127.0.0.1:${port}/${APP}${name}`;
  }

  /** As a superuser, on a connection of its own. */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** A connection of a superuser; the caller ends it. */
  async connect(database = 'postgres'): Promise<pg.Client> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'postgres', database });
    // A server that is stopped must not end the tests.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async start(): Promise<void> {
    const options = [
      `-p ${this.port}`,
      `-k ${this.folder}`,
      '-c listen_addresses=127.0.0.1',
      // Its processes crash, the machine does not: what they have written stays.
      '-c fsync=off',
      ...this.settings.map((setting) => `-c ${setting}`),
    ];
    const log = join(this.folder, 'log');
    await execute('pg_ctl', ['-D', this.data, '-l', log, '-w', '-t', '60', '-o', options.join(' '), 'start']);
  }

  /** `fast` ends what runs and takes its leave; `immediate` is a crash, after which it recovers. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    await execute('pg_ctl', ['-D', this.data, '-m', mode, '-w', 'stop']);
  }

  /** All of its processes stand still: its sockets take what is sent, and nothing answers. */
  pause(): void {
    const postmaster = this.postmaster!;
    process.kill(postmaster, 'SIGSTOP');
    const children = childrenOf(postmaster);
    for (const pid of children) signal(pid, 'SIGSTOP');
    this.stopped = [postmaster, ...children];
  }

  resume(): void {
    for (const pid of this.stopped) signal(pid, 'SIGCONT');
    this.stopped = [];
  }

  /** Another server that follows this one by streaming replication; whatever commits here waits until it is there. */
  async standby(): Promise<OwnPostgres> {
    const primary = `host=127.0.0.1 port=${this.port} user=postgres application_name=standby`;
    const copy = (data: string): Promise<unknown> =>
      execute('pg_basebackup', ['-D', data, '-d', primary, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);
    const standby = await OwnPostgres.create(this.settings, copy);
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await this.query('SELECT pg_reload_conf()');
    return standby;
  }

  async promote(): Promise<void> {
    await execute('pg_ctl', ['-D', this.data, '-w', 'promote']);
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private get postmaster(): number | undefined {
    const path = join(this.data, 'postmaster.pid');
    return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : undefined;
  }

  /** At once, and while the process ends as well. */
  private remove(): void {
    this.resume();
    if (this.postmaster !== undefined) {
      const [path, options] = commandOf('pg_ctl');
      spawnSync(path, ['-D', this.data, '-m', 'immediate', '-t', '20', 'stop'], options);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function execute(program: string, args: readonly string[]): Promise<unknown> {
  const [path, options] = commandOf(program);
  return run(path, [...args], { ...options, timeout: 90_000 });
}

function commandOf(program: string): [path: string, options: { cwd: string; uid?: number; gid?: number }] {
  return [join(BINARIES!, program), { cwd: tmpdir(), ...OWNER }];
}

function findBinaries(): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN_FOLDER, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) =>
    ['initdb', 'pg_ctl', 'pg_basebackup'].every((name) => existsSync(join(folder, name))),
  );
}

function ownerIds(): { uid: number; gid: number } | undefined {
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

async function sparePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

/** The second field after the name, which stands in brackets and may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** One that has ended meanwhile needs none. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
