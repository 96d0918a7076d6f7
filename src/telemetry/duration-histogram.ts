import { DURATION_BOUNDS } from './instruments.js';

/** How long something took, counted in buckets; plain numbers, so that counting allocates nothing. */
export class DurationHistogram {
  /** How many fell into each bucket; the last one has no upper bound. */
  readonly buckets: number[] = Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0);
  count = 0;
  /** In seconds. */
  sum = 0;

  record(seconds: number): void {
    this.count += 1;
    this.sum += seconds;
    this.buckets[bucketOf(seconds)]! += 1;
  }
}

/** A bound belongs to the bucket below it, as in Prometheus (`le`) and OpenTelemetry. */
function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < DURATION_BOUNDS.length && seconds > DURATION_BOUNDS[bucket]!) bucket += 1;
  return bucket;
}
