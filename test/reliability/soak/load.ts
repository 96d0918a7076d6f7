import type { INestApplication } from '@nestjs/common';
import {
  CacheConfigService,
  CacheService,
  PerformanceLogService,
  ReportsCacheHealthIndicator,
  type SetOptions,
  UserCacheSettingsService,
} from '../../../src/index.js';
import { http } from '../../support/http-client.js';
import { books } from './soak-app.js';

type Operation = () => Promise<unknown>;

const COMPANIES = 40;
const USERS = 30;
const PERIODS = 24;
const CALLERS = 64;

const below = (limit: number) => Math.floor(Math.random() * limit);
const company = () => String(below(COMPANIES));
const user = () => `user-${below(USERS)}`;
let unique = 0;

/** Mixed work on an app, over HTTP and by its services, as often each as its number says. */
export class Load {
  operations = 0;
  private readonly mix: readonly Operation[];

  constructor(app: INestApplication, url: string, afterEach: () => Promise<void> | void) {
    this.mix = [...httpWork(url), ...serviceWork(app)].flatMap(([times, operation]) =>
      Array<Operation>(times).fill(async () => {
        await operation();
        await afterEach();
      }),
    );
  }

  /** Works for so long; nothing is under way when it resolves. */
  async run(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    const call = async (): Promise<void> => {
      while (performance.now() < end) {
        await this.mix[below(this.mix.length)]!();
        this.operations += 1;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, call));
  }
}

type Share = readonly [times: number, operation: Operation];

function httpWork(url: string): Share[] {
  const get = (path: string, headers = {}) =>
    http(`${url}/companies/${company()}/${path}`, { headers: { 'x-user': user(), ...headers } });
  return [
    [30, () => get(`ledger?period=${below(PERIODS)}`)],
    [20, () => get(`ledger?period=${(unique += 1)}`)],
    [5, () => get(`ledger?period=1`, { 'cache-control': 'no-cache' })],
    [5, () => get(`ledger?period=2`, { 'if-none-match': '"another"' })],
    [10, () => get(`moody?period=${below(PERIODS)}`)],
    [1, () => http(`${url}/companies/${company()}/postings`, { method: 'POST' })],
  ];
}

function serviceWork(app: INestApplication): Share[] {
  const cache = app.get(CacheService);
  const config = app.get(CacheConfigService);
  const users = app.get(UserCacheSettingsService);
  const value = () => ({ at: new Date(), sums: new Map([['total', 12n]]), text: 'x'.repeat(below(4_000)) });
  const options = (): SetOptions => ({
    type: 'value',
    companyId: company(),
    ttl: '2s',
    grace: '1s',
    tags: [`tag-${below(20)}`],
  });
  const key = () => `value-${below(2_000)}`;
  return [
    // Whoever waits for a load that fails is told so.
    [20, () => cache.getOrSet(key(), value, options()).catch(() => 0)],
    [10, () => cache.set(key(), value(), options())],
    [10, () => cache.get(key())],
    [5, () => cache.set(`once-${(unique += 1)}`, value(), options())],
    [5, () => cache.delete(key())],
    [2, () => cache.getOrSet(key(), () => Promise.reject(new Error('no books')), options()).catch(() => 0)],
    [1, () => cache.clearByTag(`tag-${below(20)}`)],
    [1, () => cache.clearByCompany(company())],
    [1, () => cache.purgeUser(user())],
    [1, () => cache.getStats()],
    [1, () => config.set('note', String(unique))],
    [1, () => users.setEnabled(user(), Math.random() < 0.8)],
    [1, () => app.get(PerformanceLogService).summary()],
    [1, () => app.get(ReportsCacheHealthIndicator).isHealthy('cache')],
    [1, () => Promise.resolve(books.post(company()))],
  ];
}
