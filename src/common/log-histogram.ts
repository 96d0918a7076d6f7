/** How far a quantile may be from the true one, relative to it. */
const ACCURACY = 0.01;

const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY));

/** Values are milliseconds; what lies beyond counts as the bound: a thousandth of one, and eleven days. */
const SMALLEST = 1e-3;
const LARGEST = 1e9;

/** The share of the values, the highest, that counts as no higher than the rest in {@link LogHistogram.usual}. */
const TAIL = 0.01;

/**
 * Times in milliseconds, counted in buckets that each span 2 %: quantiles come back within 1 %, two histograms add up
 * without loss, and a thousand buckets reach from a microsecond to eleven days.
 * @see Masson, Rim, Lee: DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees, PVLDB 12(12), 2019
 */
export class LogHistogram {
  private readonly buckets = new Map<number, number>();
  private total = 0;

  /** What {@link toText} wrote; empty for anything else, for a damaged column must not take a view down. */
  static parse(text: unknown): LogHistogram {
    const histogram = new LogHistogram();
    const numbers = readNumbers(text);
    for (let index = 0; index + 1 < numbers.length; index += 2) {
      histogram.count(numbers[index]!, numbers[index + 1]!);
    }
    return histogram;
  }

  /** How many values were added. */
  get size(): number {
    return this.total;
  }

  add(value: number): void {
    this.count(bucketOf(value), 1);
  }

  merge(other: LogHistogram): void {
    for (const [bucket, values] of other.buckets) this.count(bucket, values);
  }

  /** The smallest value with at least this share of the values at or below it (nearest rank); `null` of none. */
  quantile(share: number): number | null {
    let below = 0;
    for (const [bucket, values] of this.sorted()) {
      below += values;
      if (below >= share * this.total) return valueOf(bucket);
    }
    return null;
  }

  /**
   * What a value usually is: the mean over all quantiles, those above the 99th counted as the 99th; `null` of none.
   * Rejected: the median, which times a number of values is not their sum when they are skewed, as times are; and the
   * plain mean, in which one query that hung for ten minutes weighs as much as hundreds that did not.
   */
  usual(): number | null {
    const highest = this.quantile(1 - TAIL);
    if (highest === null) return null;
    return this.sum((value) => Math.min(value, highest)) / this.total;
  }

  /** The sum over all values of how far each lies above the limit. */
  excessOver(limit: number): number {
    return this.sum((value) => Math.max(0, value - limit));
  }

  toText(): string {
    return JSON.stringify(this.sorted().flat());
  }

  private count(bucket: number, values: number): void {
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + values);
    this.total += values;
  }

  private sum(of: (value: number) => number): number {
    let sum = 0;
    for (const [bucket, values] of this.buckets) sum += values * of(valueOf(bucket));
    return sum;
  }

  private sorted(): [bucket: number, values: number][] {
    return [...this.buckets].sort(([a], [b]) => a - b);
  }
}

function bucketOf(value: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(value, SMALLEST), LARGEST)) / LOG_GAMMA);
}

/** As far from the bucket's lower end as from its upper, relatively. */
function valueOf(bucket: number): number {
  return Math.exp(bucket * LOG_GAMMA) * (1 - ACCURACY);
}

function readNumbers(text: unknown): readonly number[] {
  try {
    const numbers: unknown = JSON.parse(String(text));
    const isSound = Array.isArray(numbers) && numbers.length % 2 === 0 && numbers.every(Number.isSafeInteger);
    return isSound ? (numbers as number[]) : [];
  } catch {
    return [];
  }
}
