import { type CacheApp, type Driver, startCacheApp } from '../../module/cache-app.js';
import { sized } from '../support/form.js';
import { type FloodPlan, LookupsOfHotReports } from './flood.js';

export const MAX_MEMORY_ENTRIES = 1_000;
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

export const FLOOD_KEYS = sized({ short: 50_000, long: 1_000_000 });

/** Between two requests for one hot report come more made-up ones than memory, or the file, can hold. */
export function floodOf(keys: number, plan: Partial<FloodPlan> = {}): FloodPlan {
  return { keys, timesEach: 1, hotCompany: 7, hotKeys: 200, pace: 12_500, bytes: 1_000, ...plan };
}

/** A small cache, so that a flood fills it many times over. */
export function startFloodedApp(type: Driver, memory: boolean): Promise<CacheApp> {
  return startCacheApp({
    entries: LookupsOfHotReports,
    cache: {
      database: { type },
      memory: memory && { maxEntries: MAX_MEMORY_ENTRIES },
      maxBytes: MAX_FILE_BYTES,
    },
  });
}
