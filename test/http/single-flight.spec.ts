import { request as openRequest, type ClientRequest } from 'node:http';
import {
  Controller,
  ForbiddenException,
  Get,
  Headers,
  type INestApplication,
  Req,
  Res,
} from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { Cacheable } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp, type AdapterName } from '../support/report-app.js';
import { Gate, settle, until } from './gate.js';

const CALLERS = 50;

let gate: Gate;
let runs: number;
let arrived: number;

interface Passthrough {
  header?: (name: string, value: string) => unknown;
}

interface Connection {
  socket: { destroyed: boolean; once(event: 'close', listener: () => void): unknown };
}

@Controller('reports')
class Reports {
  @Get('slow')
  @Cacheable()
  async slow() {
    const run = ++runs;
    await gate.opened;
    return { run };
  }

  @Get('cookie')
  @Cacheable({ scope: 'global' })
  async cookie(@Res({ passthrough: true }) response: Passthrough) {
    const run = ++runs;
    await gate.opened;
    response.header?.('Set-Cookie', `session=${run}`);
    return { run };
  }

  @Get('fails')
  @Cacheable()
  async fails() {
    const run = ++runs;
    await gate.opened;
    throw new Error(`failure ${run}`);
  }

  @Get('refuses')
  @Cacheable({ scope: 'global' })
  async refuses(@Req() request: { headers: Record<string, string> }) {
    runs++;
    await gate.opened;
    if (request.headers['x-name'] === 'bob') throw new ForbiddenException();
    return { for: 'those who may' };
  }

  /** Stops its query when its client goes, as a careful handler does. */
  @Get('stops')
  @Cacheable()
  async stops(@Req() { socket }: Connection) {
    const run = ++runs;
    await Promise.race([gate.opened, new Promise<void>((resolve) => socket.once('close', resolve))]);
    if (socket.destroyed) throw new Error('the query was stopped');
    return { run };
  }

  @Get('by-language')
  @Cacheable()
  async byLanguage(@Headers('accept-language') language: string) {
    runs++;
    await gate.opened;
    return { language };
  }
}

beforeEach(() => {
  gate = new Gate();
  runs = 0;
  arrived = 0;
});

const countArrivals = (app: INestApplication): void => {
  app.useGlobalGuards({ canActivate: () => ++arrived > 0 });
};

async function start(adapter: AdapterName): Promise<string> {
  const { url } = await startReportApp({ adapter, controllers: [Reports], configure: countArrivals });
  return `${url}/reports`;
}

async function allIn(callers: number): Promise<void> {
  await until(() => arrived === callers);
  await settle();
}

function callAndHold(url: string): ClientRequest {
  const call = openRequest(url, { agent: false });
  call.on('error', () => undefined);
  call.end();
  return call;
}

describe.each(ADAPTERS)('callers of one cold key over %s', (adapter) => {
  test('share one run of the handler', async () => {
    const url = await start(adapter);
    const answers = Array.from({ length: CALLERS }, () => http(`${url}/slow?period=1`));
    await allIn(CALLERS);
    gate.open();
    const bodies = (await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`);
    expect(new Set(bodies)).toEqual(new Set(['200 {"run":1}']));
    expect(runs).toBe(1);
  });

  test('all are told by Cache-Status who waited', async () => {
    const url = await start(adapter);
    const answers = Array.from({ length: 5 }, () => http(`${url}/slow`));
    await allIn(5);
    gate.open();
    const statuses = (await Promise.all(answers)).map(({ headers }) => headers['cache-status'] as string);
    expect(statuses.filter((status) => status.includes('; collapsed'))).toHaveLength(4);
    expect(statuses.every((status) => status.includes('; stored'))).toBe(true);
  });

  test.each([
    ['the first', 0],
    ['a waiting', 1],
  ])('are not failed by %s one who hangs up', async (_name, position) => {
    const url = await start(adapter);
    const held: ClientRequest[] = [];
    for (let caller = 1; caller <= 2; caller++) {
      held.push(callAndHold(`${url}/slow`));
      await allIn(caller);
    }
    const others = Array.from({ length: 3 }, () => http(`${url}/slow`));
    await allIn(5);
    held[position]?.destroy();
    await settle();
    gate.open();
    const bodies = (await Promise.all(others)).map(({ text }) => text);
    held.forEach((call) => call.destroy());
    expect(bodies).toEqual(Array(3).fill('{"run":1}'));
    expect((await http(`${url}/slow`)).xCache).toBe('HIT');
    expect(runs).toBe(1);
  });

  test('ask once more, together, when the handler stopped because its client hung up', async () => {
    const url = await start(adapter);
    const leader = callAndHold(`${url}/stops`);
    await allIn(1);
    const others = Array.from({ length: 10 }, () => http(`${url}/stops`));
    await allIn(11);
    // A socket that closes before the handler runs would say nothing to it.
    await until(() => runs === 1);
    leader.destroy();
    await until(() => runs === 2);
    gate.open();
    const bodies = (await Promise.all(others)).map(({ text }) => text);
    expect(bodies).toEqual(Array(10).fill('{"run":2}'));
  });

  test('get an answer of their own when the first one brought a cookie', async () => {
    const url = await start(adapter);
    const answers = Array.from({ length: 10 }, () => http(`${url}/cookie`));
    await allIn(10);
    gate.open();
    const cookies = (await Promise.all(answers)).map(({ headers }) => headers['set-cookie']?.[0]);
    expect(new Set(cookies).size).toBe(10);
  });

  test('share a failure of the source, and the next caller asks anew', async () => {
    const url = await start(adapter);
    const answers = Array.from({ length: 10 }, () => http(`${url}/fails`));
    await allIn(10);
    gate.open();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(10).fill(500));
    expect(runs).toBe(1);
    await http(`${url}/fails`);
    expect(runs).toBe(2);
  });

  test('are not refused because the first one was', async () => {
    const url = await start(adapter);
    const bob = http(`${url}/refuses`, { headers: { 'x-name': 'bob' } });
    await allIn(1);
    const alice = http(`${url}/refuses`, { headers: { 'x-name': 'alice' } });
    await allIn(2);
    gate.open();
    expect((await bob).status).toBe(403);
    expect((await alice).status).toBe(200);
  });

  test('do not share it when a header that the handler takes differs', async () => {
    const url = await start(adapter);
    const answers = ['de', 'en'].map((language) =>
      http(`${url}/by-language`, { headers: { 'accept-language': language } }),
    );
    await allIn(2);
    gate.open();
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    expect(texts).toEqual(['{"language":"de"}', '{"language":"en"}']);
  });
});
