/** Types that get labels of their own, beside those of the app's routes; all others share one. */
const MAX_TYPES = 100;

/** What further types are called. */
export const OTHER_TYPES = 'other';

/**
 * Bounds how many values the label `type` takes: each costs whoever stores the metrics a series for each outcome and
 * bucket, for ever. The types of routes are few; code may call `CacheService` with a type for each document.
 */
export class TypeLabels {
  private readonly known = new Set<string>();
  private further = 0;

  /** They are labels of their own, however many others came before. */
  reserve(types: Iterable<string>): void {
    for (const type of types) this.known.add(type);
  }

  of(type: string): string {
    if (this.known.has(type)) return type;
    if (this.further >= MAX_TYPES) return OTHER_TYPES;
    this.further += 1;
    this.known.add(type);
    return type;
  }
}
