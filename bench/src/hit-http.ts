import type { Benchmark, RunOptions } from './harness/benchmark.js';
import { interleave, type Subject } from './harness/interleave.js';
import { SIZES, type PayloadSize } from './harness/payload.js';
import { toSection, type Goal, type Section } from './harness/section.js';
import { median } from './harness/statistics.js';
import { ask } from './http/ask.js';
import { ADAPTERS, REPORT_PATH, type Adapter, type ServerOptions } from './http/contract.js';
import { applyLoad, CONNECTIONS, loadTool } from './http/load.js';
import { ServerProcess } from './http/server-process.js';

const HIT = 'hit, sqlite';
const GZIP = 'hit, sqlite, to a client that takes gzip';
const BYTES = 'bytes computed once';
const BYTES_INTERCEPTOR = 'bytes, do-nothing interceptor';

/** A server, and what its clients ask for. */
interface HttpSubject extends Subject {
  readonly server: ServerProcess;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: string;
  /** Processor time of the server per request, one sample a round. */
  readonly cpu: number[];
}

const benchmark: Benchmark = {
  question: `How many hits a second does a server answer? (${loadTool}, ${CONNECTIONS} connections, one process each)`,
  async *run(options) {
    for (const adapter of ADAPTERS) {
      for (const size of SIZES) yield await measure(adapter, size, options);
    }
  },
};

export default benchmark;

async function measure(
  adapter: Adapter,
  size: PayloadSize,
  { rounds, roundMs }: RunOptions,
): Promise<Section> {
  const subjects = await start(adapter, size);
  const seconds = Math.max(1, Math.round(roundMs / 1_000));
  const load = (subject: HttpSubject): Promise<number> => loadOnce(subject, seconds);
  await interleave(subjects, 1, load);
  for (const subject of subjects) subject.cpu.length = 0;
  const samples = await interleave(subjects, rounds, load);
  await Promise.all([...new Set(subjects.map(({ server }) => server))].map((server) => server.stop()));
  return toSection(
    `HTTP, ${adapter}, ${size.name}`,
    'requests/s',
    samples,
    goals(adapter, size),
    ({ cpu, answer }) => ({
      'CPU µs/request': median(cpu).toFixed(0),
      answer,
    }),
  );
}

async function loadOnce({ server, headers, cpu }: HttpSubject, seconds: number): Promise<number> {
  const before = await server.usage();
  const { requests, requestsPerSecond } = await applyLoad(server.urlOf(REPORT_PATH), headers, seconds);
  cpu.push(((await server.usage()).cpuMicroseconds - before.cpuMicroseconds) / requests);
  return requestsPerSecond;
}

async function start(adapter: Adapter, size: PayloadSize): Promise<HttpSubject[]> {
  const serve = (options: Omit<ServerOptions, 'adapter' | 'bytes'>): Promise<ServerProcess> =>
    ServerProcess.start({ adapter, bytes: size.bytes, ...options });
  const [bytes, bytesInterceptor, object, objectInterceptor, stock, stockKeyv, library, libraryBetter] =
    await Promise.all([
      serve({ kind: 'bytes' }),
      serve({ kind: 'bytes-interceptor' }),
      serve({ kind: 'object' }),
      serve({ kind: 'object-interceptor' }),
      serve({ kind: 'stock-memory' }),
      serve({ kind: 'stock-keyv' }),
      serve({ kind: 'library', driver: 'sqlite' }),
      serve({ kind: 'library', driver: 'better-sqlite3' }),
    ]);
  const etag = String((await ask(library.urlOf(REPORT_PATH))).headers.etag);
  await ask(libraryBetter.urlOf(REPORT_PATH));
  return Promise.all([
    subject(BYTES, bytes),
    subject(BYTES_INTERCEPTOR, bytesInterceptor),
    subject(HIT, library),
    subject('hit, better-sqlite3', libraryBetter),
    subject(GZIP, library, { 'Accept-Encoding': 'gzip' }),
    subject('304 to If-None-Match', library, { 'If-None-Match': etag }),
    subject('no cache', object),
    subject('no cache, do-nothing interceptor', objectInterceptor),
    subject('stock CacheInterceptor, memory', stock),
    subject('stock CacheInterceptor, Keyv SQLite', stockKeyv),
  ]);
}

/** Asks once, so that the table says what the clients got. */
async function subject(
  name: string,
  server: ServerProcess,
  headers: Record<string, string> = {},
): Promise<HttpSubject> {
  await ask(server.urlOf(REPORT_PATH), headers);
  const { status, headers: got, bytes } = await ask(server.urlOf(REPORT_PATH), headers);
  const isOurs = name.startsWith('hit') || name.startsWith('304');
  if (isOurs && got['x-cache'] !== 'HIT') throw new Error(`${name}: not a hit but ${got['x-cache']}`);
  const answer = [status, got['content-encoding'], `${bytes} bytes`]
    .filter((part) => part !== undefined)
    .join(' ');
  return { name, server, headers, answer, cpu: [] };
}

function goals(adapter: Adapter, { name }: PayloadSize): Goal[] {
  const stock = 'stock CacheInterceptor, memory';
  if (name === '2 MiB') {
    return [
      { name: HIT, yardstick: BYTES, atLeast: 0.9 },
      { name: GZIP, yardstick: BYTES, atLeast: adapter === 'express' ? 3 : 5 },
      { name: HIT, yardstick: stock, atLeast: 20 },
    ];
  }
  return [
    { name: HIT, yardstick: BYTES_INTERCEPTOR, atLeast: 1 },
    { name: HIT, yardstick: stock, atLeast: name === '1 KiB' ? 1.2 : 7 },
  ];
}
