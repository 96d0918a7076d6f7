import { randomUUID } from 'node:crypto';
import { inTime } from '../../common/in-time.js';
import { messageOf } from '../../common/message-of.js';
import { ModuleLogger } from '../../common/module-logger.js';
import type { NoticeChannel, NoticeState } from '../../common/notice-channel.js';
import { pause } from '../../common/pause.js';

/** A connection that is nobody else's. */
export interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  /** At once: a server that hangs says no goodbye. Twice is fine. */
  close(): void;
  on(event: 'notification', listener: (message: { payload?: string | undefined }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

export interface NoticeSource {
  /** The name of the channel, as `pg_notify` is given it. */
  readonly channel: string;
  /** One that is not connected yet. */
  createClient(): ListeningClient;
  /** Sends a notice by another connection. @throws what the database throws. */
  publish(text: string): Promise<void>;
}

/** Between two proofs that the connection is alive, in milliseconds: a network that swallows packets says nothing. */
const PROVE_EVERY_MS = 5_000;

/** How long connecting, listening and each proof may take, in milliseconds. */
const PATIENCE_MS = 5_000;

/** How long the first notice, sent by this process to itself, may take, in milliseconds. */
const HEARING_MS = 2_000;

/** Between two attempts: doubled from the first to the last, and up to half of it less, by chance. In milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Between two attempts where connecting works and notices do not come, in milliseconds. */
const DEAF_PAUSE_MS = 60_000;

/**
 * PostgreSQL's LISTEN, on a connection of its own: a pool gives connections away, and with them what they listen to.
 *
 * A pooler in transaction mode (PgBouncer) takes LISTEN without an error and passes no notice on. So the channel first
 * sends itself one by another connection, and says so when it does not come; until it does, polling must do.
 */
export class PostgresNoticeChannel implements NoticeChannel {
  private readonly logger = new ModuleLogger();
  private readonly listeners = new Set<(text: string | undefined) => void>();
  private readonly stopping = new AbortController();
  private current: NoticeState = 'connecting';
  private failures = 0;
  private isReported = false;
  private client: ListeningClient | undefined;
  private running: Promise<void> | undefined;

  /** @param random in [0, 1), for the pauses: instances that lost a server together must not come back together. */
  constructor(
    private readonly source: NoticeSource,
    private readonly random: () => number = Math.random,
  ) {}

  get state(): NoticeState {
    return this.current;
  }

  onNotice(listener: (text: string | undefined) => void): void {
    this.listeners.add(listener);
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.client?.close();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.listenUntilLost().catch((error: unknown) => this.report(error));
      await this.rest();
    }
  }

  private async listenUntilLost(): Promise<void> {
    const client = this.source.createClient();
    this.client = client;
    const lost = lossOf(client);
    try {
      const greeting = Promise.race([this.greet(client), lost]);
      const isHeard = await inTime(greeting, PATIENCE_MS + HEARING_MS, tooSlow);
      if (!isHeard) return this.isDeaf();
      this.beginsToListen();
      await Promise.race([this.proveAlive(client), lost]);
    } finally {
      if (this.current === 'listening') this.current = 'connecting';
      client.close();
    }
  }

  /** @returns whether the notice came back that this process sent itself. */
  private async greet(client: ListeningClient): Promise<boolean> {
    const hello = `hello ${randomUUID()}`;
    const heard = new Promise<boolean>((resolve) =>
      client.on('notification', ({ payload = '' }) =>
        payload === hello ? resolve(true) : this.tell(payload),
      ),
    );
    await client.connect();
    await client.query(`LISTEN ${quoted(this.source.channel)}`);
    await this.source.publish(hello);
    return Promise.race([heard, pause(HEARING_MS).then(() => false)]);
  }

  private beginsToListen(): void {
    this.current = 'listening';
    this.failures = 0;
    this.isReported = false;
    this.tell(undefined);
  }

  private isDeaf(): void {
    if (this.current !== 'deaf')
      this.logger.warn(
        'The database passes no notices on, as behind a pooler in transaction mode; other processes are polled. ' +
          'Give "database.listenUrl" a connection that goes to PostgreSQL itself',
      );
    this.current = 'deaf';
  }

  /** @throws when the server does not answer. */
  private async proveAlive(client: ListeningClient): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await pause(PROVE_EVERY_MS, this.stopping.signal);
      await inTime(client.query('SELECT 1'), PATIENCE_MS, tooSlow);
    }
  }

  private async rest(): Promise<void> {
    const doubled = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures += 1;
    const longest = this.current === 'deaf' ? DEAF_PAUSE_MS : doubled;
    await pause(longest * (1 - this.random() / 2), this.stopping.signal);
  }

  private tell(text: string | undefined): void {
    for (const listener of this.listeners) listener(text);
  }

  /** Once an outage: the pool says by itself that the database is out. */
  private report(error: unknown): void {
    if (this.stopping.signal.aborted || this.isReported) return;
    this.isReported = true;
    this.logger.debug(
      `Notices of the database cannot be heard; other processes are polled: ${messageOf(error)}`,
    );
  }
}

/** Rejects when the connection is lost. */
function lossOf(client: ListeningClient): Promise<never> {
  const lost = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('the connection was closed')));
  });
  lost.catch(ignore);
  return lost;
}

function tooSlow(): Error {
  return new Error('the database did not answer in time');
}

/** As an identifier: LISTEN takes no parameters. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function ignore(): void {}
