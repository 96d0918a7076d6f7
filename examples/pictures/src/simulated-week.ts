import { setTimeout } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import {
  CacheHealthRepository,
  CacheService,
  PerformanceLogService,
  UserCacheSettingsService,
  WatermarkService,
  type CompanyWatermark,
  type WatermarkSource,
} from 'nestjs-reports-cache';
import { pick, seededRandom } from './seeded-random.js';
import type { SimulatedClock } from './simulated-clock.js';
import { FLUSH_EVERY_MS } from './start-app.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A Friday afternoon; the four days before it are working days. */
export const END_OF_WEEK = Date.UTC(2026, 2, 6, 16, 40);

const START_OF_WEEK = Date.UTC(2026, 2, 2);
const REPORTS = ['trial-balance', 'open-items', 'profit-and-loss', 'stock-valuation', 'vat-return'];
const COMPANIES = ['7', '12', '4', '1', '31', '18'];
const USERS = ['anna', 'bruno', 'chiara', 'dmitri', 'elif', 'frida', 'gustav', 'hana'];
const PERIODS = ['2026-02', '2026-03', '2026-01', '2025-12'];

/** Requests of each hour of a working day, in share of the busiest one. */
const RUSH = [
  0, 0, 0, 0, 0, 0.02, 0.15, 0.6, 1, 0.95, 0.8, 0.7, 0.3, 0.6, 0.85, 0.7, 0.5, 0.2, 0.05, 0, 0, 0, 0, 0,
];
const BUSIEST_MINUTE = 3;

/** The books, which change while the week goes on. */
export class SimulatedBooks implements WatermarkSource {
  private readonly states = new Map<string, number>();

  book(companyId: string): void {
    this.states.set(companyId, (this.states.get(companyId) ?? 0) + 1);
  }

  readWatermarks(companyIds: readonly string[]): Promise<CompanyWatermark[]> {
    return Promise.resolve(
      companyIds.map((companyId) => ({
        companyId,
        schema: `ERP_${companyId.padStart(3, '0')}`,
        watermark: this.states.get(companyId) ?? 0,
      })),
    );
  }
}

/** Asks the app for reports as the users of an ERP do from Monday to Friday, by real requests. */
export async function liveThroughAWeek(
  app: INestApplication,
  clock: SimulatedClock,
  books: SimulatedBooks,
): Promise<void> {
  const random = seededRandom(20_260_306);
  const url = await app.getUrl();
  for (let time = START_OF_WEEK; time < END_OF_WEEK; time += MINUTE) {
    clock.advanceTo(time);
    const asking = (RUSH[new Date(time).getUTCHours()] ?? 0) * BUSIEST_MINUTE * (isToday(time) ? 1 : 0.4);
    for (let due = asking; due > random(); due--) await askForReport(url, random);
    if (time % (5 * MINUTE) === 0) await keepHouse(app, clock, books, random);
  }
  await app.get(UserCacheSettingsService).setEnabled('gustav', false);
  await app.get(PerformanceLogService).flush();
  // Hits are counted in the file with the next flush of the module's own.
  await setTimeout(2 * FLUSH_EVERY_MS);
}

function isToday(time: number): boolean {
  return time > END_OF_WEEK - DAY;
}

async function askForReport(url: string, random: () => number): Promise<void> {
  const query = new URLSearchParams({ companyId: pick(random, COMPANIES), period: pick(random, PERIODS) });
  const address = `${url}/reports/${pick(random, REPORTS)}?${query.toString()}`;
  const answer = await fetch(address, { headers: { 'x-user': pick(random, USERS) } });
  await answer.arrayBuffer();
}

/** What the app does by itself as time goes by, and what is booked meanwhile. */
async function keepHouse(
  app: INestApplication,
  clock: SimulatedClock,
  books: SimulatedBooks,
  random: () => number,
): Promise<void> {
  const cache = app.get(CacheService);
  const isBusy = (RUSH[new Date(clock.now()).getUTCHours()] ?? 0) > 0.1;
  if (isBusy && random() < 0.06) books.book(pick(random, COMPANIES));
  if (isBusy && random() < 0.01) await cache.clearByTag('period:2026-03');
  if (isToday(clock.now())) await app.get(WatermarkService).check();
  const { totalEntries, totalBytes } = await cache.getStats();
  const sample = {
    sampledAt: Math.floor(clock.now() / (5 * MINUTE)) * 5 * MINUTE,
    storeOk: true,
    watermarkOk: true,
    entries: totalEntries,
    entryBytes: totalBytes,
    databaseBytes: null,
    walBytes: null,
  };
  await app.get(CacheHealthRepository).append([sample], 0);
}
