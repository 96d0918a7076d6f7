import type { DurationHistogram } from './duration-histogram.js';
import { DURATION_BOUNDS } from './instruments.js';
import { prometheusLabel } from './prometheus-names.js';
import type { Attributes, HistogramPoint, Point } from './readings.js';

type Labels = Record<string, string | number>;

/** One line of the exposition, as `prom-client` takes it. */
export interface Sample {
  /** Where it is not the metric's. */
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

export function toSamples(points: readonly Point[]): Sample[] {
  return points.map(({ attributes, value }) => ({ labels: toLabels(attributes), value }));
}

export function toHistogramSamples(name: string, points: readonly HistogramPoint[]): Sample[] {
  return points.flatMap(({ attributes, histogram }) => ofHistogram(name, toLabels(attributes), histogram));
}

/** Buckets are cumulative in Prometheus. */
function ofHistogram(name: string, labels: Labels, { buckets, count, sum }: DurationHistogram): Sample[] {
  let below = 0;
  const bucket = (le: number | string, value: number): Sample => ({
    metricName: `${name}_bucket`,
    labels: { le, ...labels },
    value,
  });
  const bounded = DURATION_BOUNDS.map((le, index) => bucket(le, (below += buckets[index]!)));
  return [
    ...bounded,
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

function toLabels(attributes: Attributes): Labels {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [prometheusLabel(name), value]),
  );
}
