/** One metric. Names, units and attributes follow OpenTelemetry's semantic conventions for metrics. */
export interface Instrument {
  readonly name: string;
  /** `updown` adds up over processes, a `gauge` does not: those that share a store show the same. */
  readonly kind: 'counter' | 'updown' | 'gauge' | 'histogram';
  /** UCUM, as OpenTelemetry asks: `s`, `By`, or an annotation such as `{request}`. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
}

export const TYPE = 'reports_cache.type';
export const OUTCOME = 'reports_cache.outcome';
export const REASON = 'reports_cache.reason';
export const OPERATION = 'reports_cache.operation';
export const STATISTIC = 'reports_cache.statistic';
export const FILE = 'reports_cache.file';

/** Upper bounds of a histogram's buckets, in seconds: from a hit in memory to a report that takes a minute. */
export const DURATION_BOUNDS: readonly number[] = [
  0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Everything that is measured, by the name the code has for it. The names that users see do not change. */
export const INSTRUMENTS = {
  requests: {
    name: 'reports_cache.requests',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests of cacheable routes',
    attributes: [TYPE, OUTCOME],
  },
  misses: {
    name: 'reports_cache.misses',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests that nothing stored could answer, by why',
    attributes: [TYPE, REASON],
  },
  bypasses: {
    name: 'reports_cache.bypasses',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests that went past the cache, by why',
    attributes: [TYPE, REASON],
  },
  requestDuration: {
    name: 'reports_cache.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time until a request was answered, from the cache being asked on',
    attributes: [TYPE, OUTCOME],
  },
  lookupDuration: {
    name: 'reports_cache.lookup.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time a lookup in the store took, after memory had nothing',
    attributes: [TYPE, OUTCOME],
  },
  loadDuration: {
    name: 'reports_cache.load.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time a source took',
    attributes: [TYPE, OUTCOME],
  },
  fillDuration: {
    name: 'reports_cache.fill.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time until a loaded answer was committed to the store, behind the request',
    attributes: [TYPE, OUTCOME],
  },
  flushDuration: {
    name: 'reports_cache.flush.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time a flush of hit counts, performance log and benchmarks took',
    attributes: [OUTCOME],
  },
  loadsActive: {
    name: 'reports_cache.load.active',
    kind: 'updown',
    unit: '{load}',
    description: 'Sources that run now',
    attributes: [],
  },
  shadowChecks: {
    name: 'reports_cache.shadow.checks',
    kind: 'counter',
    unit: '{check}',
    description: 'Hits whose handler was run again to compare, by verdict',
    attributes: [TYPE, OUTCOME],
  },
  shadowDifferences: {
    name: 'reports_cache.shadow.differences',
    kind: 'counter',
    unit: '{difference}',
    description: 'Shadow checks in which the source answered otherwise than the cache',
    attributes: [TYPE],
  },
  memoryEntries: {
    name: 'reports_cache.memory.entries',
    kind: 'updown',
    unit: '{entry}',
    description: 'Entries in the memory of this process',
    attributes: [],
  },
  memorySize: {
    name: 'reports_cache.memory.size',
    kind: 'updown',
    unit: 'By',
    description: 'What they take',
    attributes: [],
  },
  memoryLimit: {
    name: 'reports_cache.memory.limit',
    kind: 'updown',
    unit: 'By',
    description: 'memory.maxBytes',
    attributes: [],
  },
  storeEntries: {
    name: 'reports_cache.store.entries',
    kind: 'gauge',
    unit: '{entry}',
    description: 'Entries in the store, expired ones included',
    attributes: [],
  },
  storeSize: {
    name: 'reports_cache.store.size',
    kind: 'gauge',
    unit: 'By',
    description: 'Payloads in the store',
    attributes: [],
  },
  storeLimit: {
    name: 'reports_cache.store.limit',
    kind: 'gauge',
    unit: 'By',
    description: 'maxBytes',
    attributes: [],
  },
  storeFileSize: {
    name: 'reports_cache.store.file.size',
    kind: 'gauge',
    unit: 'By',
    description: 'The database file and its write-ahead log on the disk',
    attributes: [FILE],
  },
  storeQueue: {
    name: 'reports_cache.store.queue',
    kind: 'updown',
    unit: '{write}',
    description: 'Writes that wait for their transaction',
    attributes: [],
  },
  storeCommits: {
    name: 'reports_cache.store.commits',
    kind: 'counter',
    unit: '{transaction}',
    description: 'Transactions committed; one holds many writes',
    attributes: [],
  },
  storeUp: {
    name: 'reports_cache.store.up',
    kind: 'gauge',
    unit: '{state}',
    description: '1 while the store can be used, 0 while reports are cached in memory only',
    attributes: [],
  },
  breakerOpen: {
    name: 'reports_cache.store.breaker.open',
    kind: 'gauge',
    unit: '{state}',
    description: '1 while nobody waits for the store, after failures in a row',
    attributes: [OPERATION],
  },
  dropDelay: {
    name: 'reports_cache.drop.delay',
    kind: 'gauge',
    unit: 's',
    description: 'Time from a drop in another process to its effect in this one; absent before the first',
    attributes: [STATISTIC],
  },
  watermarkUp: {
    name: 'reports_cache.watermark.up',
    kind: 'gauge',
    unit: '{state}',
    description: '1 while the watermark source answers; absent without one',
    attributes: [],
  },
  logPending: {
    name: 'reports_cache.log.pending',
    kind: 'updown',
    unit: '{row}',
    description: 'Rows of the performance log that wait in memory',
    attributes: [],
  },
  logDropped: {
    name: 'reports_cache.log.dropped',
    kind: 'counter',
    unit: '{row}',
    description: 'Rows of the performance log that were lost while the store was out',
    attributes: [],
  },
} as const satisfies Readonly<Record<string, Instrument>>;

export type InstrumentKey = keyof typeof INSTRUMENTS;

/** The histogram of each operation. */
export const DURATION_OF = {
  lookup: 'lookupDuration',
  load: 'loadDuration',
  fill: 'fillDuration',
  flush: 'flushDuration',
} as const satisfies Readonly<Record<string, InstrumentKey>>;
