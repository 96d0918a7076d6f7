import { setTimeout } from 'node:timers/promises';
import { CacheService } from '../../../src/index.js';
import { http } from '../../support/http-client.js';
import { seededRandom } from '../../support/seeded-random.js';
import { type BooksApp } from './books-app.js';

/** What readers saw, as long as they read. */
export class Sight {
  reports = 0;
  /** Answers that were none, or older than a posting that was confirmed before they were asked for. */
  readonly wrong: string[] = [];
  /** Milliseconds of every report. */
  readonly times: number[] = [];
  /** Keys of values that were acknowledged, with the moment they were sent. */
  readonly acknowledged: { key: string; sentAt: number }[] = [];
}

const READERS = 8;
const REPORTS = 10;

/** Lets several users read reports for a while, and one book now and then. */
export async function readFor(
  milliseconds: number,
  books: BooksApp,
  seed = 1,
  readers = READERS,
): Promise<Sight> {
  const sight = new Sight();
  const random = seededRandom(seed);
  const end = performance.now() + milliseconds;
  const confirmed = { version: 0 };
  const { version } = JSON.parse((await http(`${books.url}/postings`, { method: 'POST' })).text) as {
    version: number;
  };
  confirmed.version = version;

  async function read(): Promise<void> {
    while (performance.now() < end) {
      await readOne(`${books.url}/reports/${random(REPORTS)}`, confirmed, sight);
      await setTimeout(random(10));
    }
  }

  async function book(): Promise<void> {
    while (performance.now() < end) {
      const answer = await http(`${books.url}/postings`, { method: 'POST' });
      confirmed.version = (JSON.parse(answer.text) as { version: number }).version;
      await setTimeout(100);
    }
  }

  async function store(): Promise<void> {
    for (let turn = 0; performance.now() < end; turn += 1) {
      storeOne(books, `value-${seed}-${turn}`, sight);
      await setTimeout(20);
    }
  }

  await Promise.all([...Array.from({ length: readers }, read), book(), store()]);
  return sight;
}

async function readOne(url: string, confirmed: { readonly version: number }, sight: Sight): Promise<void> {
  const { version: atLeast } = confirmed;
  const startedAt = performance.now();
  const answer = await http(url);
  sight.times.push(performance.now() - startedAt);
  sight.reports += 1;
  const { version } = JSON.parse(answer.text) as { version: number };
  if (answer.status !== 200 || !(version >= atLeast))
    sight.wrong.push(`${answer.status} ${answer.text.slice(0, 60)} at ${atLeast}`);
}

/** Nobody waits for it: with a store that hangs it would be for long. */
function storeOne({ app }: BooksApp, key: string, sight: Sight): void {
  const sentAt = performance.now();
  void app
    .get(CacheService)
    .set(key, key, { type: 'value' })
    .then((stored) => stored && sight.acknowledged.push({ key, sentAt }));
}

/** Which acknowledged values are not in the file. */
export async function missing({ entries }: BooksApp, keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => entries.find(key)));
  return keys.filter((_key, index) => found[index] === 'absent');
}

/** Milliseconds until a report is a hit and a value is acknowledged; `Infinity` when it takes longer than `patienceMs`. */
export async function normalAfter(books: BooksApp, patienceMs: number): Promise<number> {
  const startedAt = performance.now();
  for (let turn = 0; performance.now() - startedAt < patienceMs; turn += 1) {
    const url = `${books.url}/reports/again-${turn >> 2}`;
    const isHit = (await http(url)).xCache === 'HIT';
    const elapsed = performance.now() - startedAt;
    if (isHit && (await books.app.get(CacheService).set('again', turn, { type: 'value' }))) return elapsed;
    await setTimeout(20);
  }
  return Infinity;
}
