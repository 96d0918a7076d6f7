import { LogHistogram } from '../common/log-histogram.js';
import type { Rollup } from '../storage/rollup.js';

/** Misses of a company before its own source times count instead of those of all companies. */
const FEWEST_MISSES = 10;

/**
 * What the source usually takes, learnt from real misses: of a type and company where enough of them were measured,
 * else of the type, and as the benchmark has it where no miss was logged. Companies differ in size, and a large one that is asked for often would be reckoned by small ones.
 */
export class SourceTimes {
  private readonly byType = new Map<string, LogHistogram>();
  private readonly byCompany = new Map<string, LogHistogram>();
  private readonly known = new Map<string, number | null>();

  /**
   * @param benchmark what is known of a type by other means, in milliseconds: a report that is always warmed up misses
   * for no user.
   */
  constructor(private readonly benchmark: (type: string) => number | undefined) {}

  /** Learns from rollups, of which the misses are taken. To be called before anything is asked. */
  learn(rollups: Iterable<Rollup>): void {
    for (const { outcome, type, companyId, sourceTimes } of rollups) {
      if (outcome !== 'miss') continue;
      histogramOf(this.byType, type).merge(sourceTimes);
      histogramOf(this.byCompany, idOf(type, companyId)).merge(sourceTimes);
    }
  }

  /** Milliseconds; `null` when no run for the type was measured. */
  usual(type: string, companyId: string | null): number | null {
    const id = idOf(type, companyId);
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const ofCompany = this.byCompany.get(id);
    const usual =
      ofCompany !== undefined && ofCompany.size >= FEWEST_MISSES ? ofCompany.usual() : this.usualOfType(type);
    this.known.set(id, usual);
    return usual;
  }

  /** As {@link usual}, over all companies. */
  usualOfType(type: string): number | null {
    return this.byType.get(type)?.usual() ?? this.benchmark(type) ?? null;
  }
}

function histogramOf(histograms: Map<string, LogHistogram>, id: string): LogHistogram {
  const known = histograms.get(id);
  if (known !== undefined) return known;
  const histogram = new LogHistogram();
  histograms.set(id, histogram);
  return histogram;
}

function idOf(type: string, companyId: string | null): string {
  return JSON.stringify([type, companyId]);
}
