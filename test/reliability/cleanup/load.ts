import { setTimeout } from 'node:timers/promises';
import type { CacheApp } from '../../module/cache-app.js';

/** What readers, and the event loop, saw while something ran. Milliseconds. */
export interface Experience {
  readonly readMs: readonly number[];
  /** As much of each as this process was at work; see `longestBusyMs`. */
  readonly readBusyMs: readonly number[];
  /** Live reports that were not found. */
  readonly misses: number;
  /** The longest that the event loop did not turn. */
  readonly longestTurnMs: number;
  /**
   * As much of such a turn as this process was at work. The rest belongs to others: on an overloaded machine a process
   * that works waits for a processor which one that idles gets at once, however short each piece of its work is.
   */
  readonly longestBusyMs: number;
  readonly mostWalBytes: number;
}

const READERS = 4;
const LIVE_KEYS = 200;
const PAUSE_MS = 2;
const REPORT = 'x'.repeat(1_024);

/** Stores the reports that the readers ask for. */
export async function storeLiveReports({ service }: CacheApp): Promise<void> {
  for (let index = 0; index < LIVE_KEYS; index += 1) await store(service, `live/${index}`);
}

/** Four callers read, one writes and one watches, each again and again until the work is done. */
export async function underLoad(app: CacheApp, work: () => Promise<unknown>): Promise<Experience> {
  const readMs: number[] = [];
  const readBusyMs: number[] = [];
  let isDone = false;
  let misses = 0;
  let longestTurnMs = 0;
  let longestBusyMs = 0;
  let mostWalBytes = 0;

  async function again(pauseMs: number, step: (index: number) => Promise<unknown>): Promise<void> {
    for (let index = 0; !isDone; index += 1) {
      await setTimeout(pauseMs);
      await step(index);
    }
  }

  async function read(index: number): Promise<void> {
    const stop = stopwatch();
    const found = await app.service.get(`live/${index % LIVE_KEYS}`);
    const { wallMs, busyMs } = stop();
    readMs.push(wallMs);
    readBusyMs.push(busyMs);
    if (found !== REPORT) misses += 1;
  }

  async function watchLoop(): Promise<void> {
    let stop = stopwatch();
    await again(1, () => {
      const { wallMs, busyMs } = stop();
      longestTurnMs = Math.max(longestTurnMs, wallMs);
      longestBusyMs = Math.max(longestBusyMs, busyMs);
      stop = stopwatch();
      return Promise.resolve();
    });
  }

  async function watchWal(): Promise<void> {
    const { walBytes = 0 } = await app.database.sizes();
    mostWalBytes = Math.max(mostWalBytes, walBytes);
  }

  const load = [
    ...Array.from({ length: READERS }, () => again(PAUSE_MS, read)),
    again(5 * PAUSE_MS, (index) => store(app.service, `written/${index % LIVE_KEYS}`)),
    again(5 * PAUSE_MS, watchWal),
    watchLoop(),
  ];
  try {
    await work();
  } finally {
    isDone = true;
    await Promise.all(load);
  }
  return { readMs, readBusyMs, misses, longestTurnMs, longestBusyMs, mostWalBytes };
}

/** Started now; tells how long ago that was, and how much of it this process, its threads included, was at work. */
function stopwatch(): () => { wallMs: number; busyMs: number } {
  const startedAt = performance.now();
  const worked = process.cpuUsage();
  return () => {
    const wallMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(worked);
    return { wallMs, busyMs: Math.min(wallMs, (user + system) / 1_000) };
  };
}

function store(service: CacheApp['service'], key: string): Promise<boolean> {
  return service.set(key, REPORT, { type: 'live', ttl: '1d' });
}

/** Of a hundred values ninety-nine are not above it. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}
