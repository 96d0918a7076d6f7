import { CacheEntryRepository } from '../../../src/index.js';
import { ReportCache } from '../../../src/cache/report-cache.js';
import type { EntryLookup } from '../../../src/storage/entries/entry.js';
import { weightOf } from '../../../src/storage/entries/choose-surplus.js';
import type { CacheApp } from '../../module/cache-app.js';

export interface FloodPlan {
  /** Made-up parameter values. */
  readonly keys: number;
  /** How often each of them is asked for. */
  readonly timesEach: number;
  /** Whose the hot reports are; the made-up ones are those of company 7. */
  readonly hotCompany: number;
  /** Reports that are asked for again and again. */
  readonly hotKeys: number;
  /** Made-up values between two requests for one hot report. */
  readonly pace: number;
  /** Bytes of one report. */
  readonly bytes: number;
}

export interface FloodResult {
  /** Requests for hot reports while the flood ran. */
  hotRequests: number;
  /** Of these, those that memory did not have. */
  hotLookupsInFile: number;
  /** Of these, those that neither had. */
  hotLoads: number;
  /** The most there ever was. */
  memoryEntries: number;
  memoryBytes: number;
  /** In the file; payloads and what stands around them. */
  fileBytes: number;
  waitingWrites: number;
}

const FLOWS = 16;
const HOT = 'hot/';

/** Counts what memory could not answer of the hot reports. */
export class LookupsOfHotReports extends CacheEntryRepository {
  count = 0;

  override find(key: string): Promise<EntryLookup> {
    if (key.startsWith(HOT)) this.count += 1;
    return super.find(key);
  }
}

/** Asks for made-up reports, and now and then for a hot one. */
export async function runFlood(app: CacheApp, plan: FloodPlan): Promise<FloodResult> {
  const lookups = app.get(CacheEntryRepository) as LookupsOfHotReports;
  const report = 'x'.repeat(plan.bytes);
  const most = { memoryEntries: 0, memoryBytes: 0, fileBytes: 0, waitingWrites: 0 };
  let hotRequests = 0;
  let hotLoads = 0;

  async function askHot(index: number): Promise<void> {
    hotRequests += 1;
    const load = (): string => {
      hotLoads += 1;
      return report;
    };
    await app.service.getOrSet(`${HOT}${index}`, load, {
      type: 'hot',
      companyId: plan.hotCompany,
      ttl: '1d',
    });
  }

  async function askMadeUp(index: number): Promise<void> {
    app.clock.advance(1);
    for (let time = 0; time < plan.timesEach; time += 1)
      await app.service.getOrSet(`made-up/${index}`, () => report, { type: 't', companyId: 7, ttl: '1d' });
    const turn = index % plan.pace;
    if (turn < plan.hotKeys) await askHot(turn);
    if (index % 500 === 0) await measure();
  }

  async function measure(): Promise<void> {
    const { memoryEntries, memoryBytes, totalEntries, totalBytes } = await app.service.getStats();
    const found = {
      memoryEntries,
      memoryBytes,
      fileBytes: totalBytes + totalEntries * weightOf(0),
      waitingWrites: app.database.waitingWrites,
    };
    for (const [name, value] of Object.entries(found) as [keyof typeof found, number][])
      most[name] = Math.max(most[name], value);
    // As the interval does, which the clock of this app does not drive.
    await app.get(ReportCache).flushHits();
  }

  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < plan.hotKeys; index += 1) await askHot(index);
    await app.get(ReportCache).flushHits();
  }
  Object.assign(lookups, { count: 0 });
  [hotRequests, hotLoads] = [0, 0];

  let next = 0;
  await Promise.all(
    Array.from({ length: FLOWS }, async () => {
      while (next < plan.keys) await askMadeUp(next++);
    }),
  );
  await measure();
  return { hotRequests, hotLookupsInFile: lookups.count, hotLoads, ...most };
}
