import { type ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { ReportsCacheOptions } from '../../../src/index.js';
import { http } from '../../support/http-client.js';
import { OwnPostgres } from '../../support/own-postgres.js';
import { ADAPTERS } from '../../support/report-app.js';
import { Crew } from '../processes/crew.js';
import { judge, type Verdict } from '../processes/history.js';
import type { Mutant } from '../processes/mutants.js';
import { type BooksApp, startBooks } from '../store-faults/books-app.js';
import { missing, normalAfter, readFor, type Sight } from '../store-faults/readers.js';
import { ConnectionCount } from './connection-count.js';
import { INSTANCES, STALENESS_MS } from './instances.js';
import { SERVER_FAULTS, type ServerFault, type Site } from './server-faults.js';
import { Wire } from './wire.js';

/** Connections of one instance at the most; one more listens. */
export const POOL_SIZE = 3;

/** Promised: back to normal after so many milliseconds. */
export const NORMAL_WITHIN_MS = 5_000;

/** On a machine that is busy with other work it may take longer; beyond this it never will. */
const NORMAL_PATIENCE_MS = 3 * NORMAL_WITHIN_MS;

/** Long enough to find out that the server is gone, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/** The default. */
export const STORE_TIMEOUT_MS = 250;

const CALM_MS = 1_000;

/** Of each app at once: this process holds the apps, the readers and the wire. */
const READERS = 3;

export interface ServerFaultResult extends Verdict {
  /** Reports asked for over HTTP, of both adapters. */
  readonly reports: number;
  readonly wrong: readonly string[];
  /** Milliseconds of the slowest report, while the server failed and before. */
  readonly slowest: number;
  readonly slowestInCalm: number;
  /** Median of the reports of the fault's second half: the breaker is open by then. */
  readonly medianOnceOpen: number;
  /** The longest that a read of the processes took beside its source, in milliseconds. */
  readonly slowestRead: number;
  /** Milliseconds until hits come from the store and are dropped in all processes again; of an adapter, or of the processes. */
  readonly normalAfter: number;
  /** Values that were acknowledged and are not there. */
  readonly missing: readonly string[];
  readonly acknowledged: number;
  /** The longest that an event loop stood still, in milliseconds. */
  readonly loopDelay: number;
  /** The slowest request that the cache has nothing to do with, in milliseconds. */
  readonly slowestPlain: number;
  /** The slowest query of the app's own pool on the same server, in milliseconds; 0 where the fault spares nobody. */
  readonly slowestForeignQuery: number;
  /** Most connections of one instance at any moment. */
  readonly connections: number;
}

export interface RunOptions {
  readonly milliseconds: number;
  readonly mutant?: Mutant;
}

/** Asks an app of each adapter by HTTP, and processes that churn, while their server fails and after. */
export async function runServerFault(
  startWorker: (args: readonly string[]) => ChildProcess,
  name: string,
  { milliseconds, mutant }: RunOptions,
): Promise<ServerFaultResult> {
  const fault = SERVER_FAULTS[name]!;
  const site = await prepare(fault);
  const count = ConnectionCount.start(site);
  const apps = await Promise.all(
    ADAPTERS.map((adapter) => startBooks(adapter, databaseOf(site, adapter, adapter), STORE_TIMEOUT_MS)),
  );
  const crew = await Crew.start(startWorker, {
    processes: INSTANCES,
    cache: (index) => ({
      database: databaseOf(site, `process-${index}`, 'processes'),
      storeTimeout: STORE_TIMEOUT_MS,
    }),
    ...(mutant !== undefined && { mutant }),
  });
  const churning = new AbortController();
  const churnOptions = (process: number) => ({
    process,
    flows: 4,
    operations: Number.MAX_SAFE_INTEGER,
    forMs: CALM_MS + milliseconds + NORMAL_WITHIN_MS,
    pauseMs: 25,
    seed: process,
  });
  const churned = crew.all('churn', churnOptions);

  const calm = await Promise.all(apps.map((books) => readFor(CALM_MS, books, 1, READERS)));
  const end = await fault.begin(site);
  const plain = slowestPlain(apps, churning.signal);
  const foreign = fault.sparesOthers ? slowestForeignQuery(site, churning.signal) : Promise.resolve(0);
  const first = await Promise.all(apps.map((books) => readFor(milliseconds / 2, books, 2, READERS)));
  const second = await Promise.all(apps.map((books) => readFor(milliseconds / 2, books, 3, READERS)));
  const foreignMs = await settled(churning, foreign);
  await end();

  const normal = await Promise.all([
    ...apps.map((books) => normalAfter(books, NORMAL_PATIENCE_MS)),
    coherentAfter(crew, NORMAL_PATIENCE_MS),
  ]);
  const histories = await churned;
  await setTimeout(STALENESS_MS);
  histories.push(...(await crew.all('readAll', churnOptions)));
  const during = [...first, ...second];
  const keys = (index: number): string[] =>
    [first, second].flatMap((sights) => sights[index]!.acknowledged.map(({ key }) => key));
  const lost = await Promise.all(apps.map((books, index) => missing(books, keys(index))));
  return {
    ...judge(histories, STALENESS_MS),
    reports: during.reduce((sum, { reports }) => sum + reports, 0),
    wrong: during.flatMap(({ wrong }) => wrong),
    slowest: slowestOf(during),
    slowestInCalm: slowestOf(calm),
    medianOnceOpen: median(second.flatMap(({ times }) => times)),
    slowestRead: histories.reduce((most, { waits }) => waits.reduce((a, b) => Math.max(a, b), most), 0),
    normalAfter: Math.max(...normal),
    missing: lost.flat(),
    acknowledged: during.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    loopDelay: Math.max(...(await crew.all('loopDelay', () => undefined))),
    slowestPlain: await plain,
    slowestForeignQuery: foreignMs,
    connections: count.stop(),
  };
}

async function prepare({ needs }: ServerFault): Promise<Site> {
  const server = await OwnPostgres.start();
  const standby = needs === 'wire and standby' ? await server.standby() : undefined;
  return { server, standby, wire: needs === undefined ? undefined : await Wire.lay(server.url()) };
}

function databaseOf(
  { server, wire }: Site,
  application: string,
  schema: string,
): NonNullable<ReportsCacheOptions['database']> {
  return {
    type: 'postgres',
    url: server.url(application, wire?.port),
    schema: `cache_${schema}`,
    poolSize: POOL_SIZE,
    busyTimeout: BUSY_TIMEOUT_MS,
  };
}

/** Milliseconds until one process stores, another has it, and loses it when the first one drops it. */
async function coherentAfter(crew: Crew, patienceMs: number): Promise<number> {
  const [one, other] = crew.workers as [(typeof crew.workers)[0], (typeof crew.workers)[0]];
  const argument = { key: 'coherent' };
  const startedAt = performance.now();
  const round = async (): Promise<number> => {
    await one.ask('setAgain', argument);
    await other.ask('hold', argument);
    await one.ask('drop', argument);
    await other.ask('goneAt', argument);
    return performance.now() - startedAt;
  };
  return Promise.race([round(), setTimeout(patienceMs, Infinity, { ref: false })]);
}

async function slowestPlain(apps: readonly BooksApp[], signal: AbortSignal): Promise<number> {
  return slowest(signal, () => Promise.all(apps.map(({ url }) => http(`${url}/plain`))));
}

async function slowestForeignQuery({ server }: Site, signal: AbortSignal): Promise<number> {
  const client = await server.connect('app');
  onTestFinished(() => client.end().catch(() => undefined));
  return slowest(signal, () => client.query('SELECT 1'));
}

async function slowest(signal: AbortSignal, work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    await work();
    most = Math.max(most, performance.now() - startedAt);
    await setTimeout(20);
  }
  return most;
}

function settled<T>(stopping: AbortController, work: Promise<T>): Promise<T> {
  stopping.abort();
  return work;
}

function slowestOf(sights: readonly Sight[]): number {
  return Math.max(0, ...sights.flatMap(({ times }) => times));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
