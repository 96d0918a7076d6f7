import { Logger } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ListeningClient, PostgresNoticeChannel } from '../../../src/storage/postgres/notice-channel.js';
import { SilentLogger } from '../../support/silent-logger.js';

/** A connection to a server that a test plays. */
class PlayedClient extends EventEmitter implements ListeningClient {
  readonly queries: string[] = [];
  isClosed = false;
  answer: () => Promise<unknown> = () => Promise.resolve();

  connect(): Promise<unknown> {
    return this.answer();
  }

  query(text: string): Promise<unknown> {
    this.queries.push(text);
    return this.answer();
  }

  close(): void {
    this.isClosed = true;
    this.emit('end');
  }
}

function startChannel({ hears = true, refuses = 0 } = {}) {
  const logger = new SilentLogger();
  Logger.overrideLogger(logger);
  const server = { hears, refuses };
  const clients: PlayedClient[] = [];
  const said: (string | undefined)[] = [];
  const channel = new PostgresNoticeChannel(
    {
      channel: 'reports "cache"',
      createClient: () => {
        const client = new PlayedClient();
        if (server.refuses-- > 0) client.answer = () => Promise.reject(new Error('ECONNREFUSED'));
        clients.push(client);
        return client;
      },
      publish: (payload) => {
        if (server.hears) clients.at(-1)?.emit('notification', { payload });
        return Promise.resolve();
      },
    },
    () => 0,
  );
  channel.onNotice((text) => said.push(text));
  channel.start();
  return { channel, server, clients, said, logger, newest: () => clients.at(-1)! };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it listens to its channel, says when that has begun, and passes on what is said', async () => {
  const { channel, said, newest } = startChannel();
  expect(channel.state).toBe('connecting');
  await pass(0);
  expect(newest().queries).toEqual(['LISTEN "reports ""cache"""']);
  newest().emit('notification', { payload: 'dropped 5 another' });
  expect([channel.state, said]).toEqual(['listening', [undefined, 'dropped 5 another']]);
  await channel.stop();
});

test('it connects again when its connection is lost, later and later while that fails', async () => {
  const { channel, server, clients, said, newest } = startChannel();
  await pass(0);
  server.refuses = 3;
  newest().emit('error', new Error('terminating connection due to administrator command'));
  await pass(0);
  expect([channel.state, newest().isClosed]).toEqual(['connecting', true]);
  for (const [index, milliseconds] of [250, 500, 1_000, 2_000].entries()) {
    await pass(milliseconds - 1);
    expect(clients).toHaveLength(index + 1);
    await pass(1);
    expect(clients).toHaveLength(index + 2);
  }
  expect([channel.state, said]).toEqual(['listening', [undefined, undefined]]);
  await channel.stop();
});

test('it gives a server up that does not answer any more', async () => {
  const { channel, clients, newest } = startChannel();
  await pass(0);
  newest().answer = () => new Promise(() => undefined);
  await pass(9_999);
  expect(channel.state).toBe('listening');
  await pass(1);
  expect([channel.state, clients[0]?.isClosed]).toEqual(['connecting', true]);
  await pass(250);
  expect(channel.state).toBe('listening');
  await channel.stop();
});

test('it says once that notices do not come through, and listens when they do', async () => {
  const { channel, server, logger } = startChannel({ hears: false });
  await pass(2_000);
  expect([channel.state, logger.warnings]).toEqual([
    'deaf',
    [expect.stringContaining('"database.listenUrl"')],
  ]);
  await pass(62_000);
  expect(logger.warnings).toHaveLength(1);
  server.hears = true;
  await pass(62_000);
  expect(channel.state).toBe('listening');
  await channel.stop();
});

test('it stops whatever it does, and connects no more', async () => {
  for (const played of [{}, { refuses: 1 }, { hears: false }]) {
    const { channel, clients, newest } = startChannel(played);
    await pass(0);
    const stopping = channel.stop();
    await pass(2_000);
    await stopping;
    const connected = clients.length;
    await pass(120_000);
    expect([clients.length, newest().isClosed]).toEqual([connected, true]);
  }
});
