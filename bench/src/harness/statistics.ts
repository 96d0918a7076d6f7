/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Half the distance between the slowest and the fastest sample, as a share of the median. */
export function spread(samples: readonly number[]): number {
  return (Math.max(...samples) - Math.min(...samples)) / 2 / median(samples);
}

/**
 * Where the median of all that could have been measured lies, with a probability of 95 %: by the ranks of the samples,
 * whatever their distribution.
 */
export function medianInterval(samples: readonly number[]): readonly [low: number, high: number] {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = 0.98 * Math.sqrt(sorted.length);
  const low = Math.floor(sorted.length / 2 - half) - 1;
  const high = Math.ceil(sorted.length / 2 + half);
  return [sorted[Math.max(low, 0)]!, sorted[Math.min(high, sorted.length - 1)]!];
}

/** The smallest sample that `share` of all samples do not exceed; `share` 0.99 is p99. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}
