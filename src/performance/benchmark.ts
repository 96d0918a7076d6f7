/** What a source query of one type usually takes. */
export interface Benchmark {
  /** The mean, in milliseconds. */
  avgTimeMs: number;
  /** How many queries it is the mean of. */
  sampleCount: number;
}

/** The benchmark of both together. */
export function mergeBenchmarks(a: Benchmark | undefined, b: Benchmark | undefined): Benchmark | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sampleCount = a.sampleCount + b.sampleCount;
  if (sampleCount === 0) return b;
  const avgTimeMs = (a.avgTimeMs * a.sampleCount + b.avgTimeMs * b.sampleCount) / sampleCount;
  return { avgTimeMs, sampleCount };
}
