import type { Sample } from './sample.js';

/** Figures that must not grow, and how much of a fitted growth over the whole observation is noise. */
export const ALLOWED_GROWTH = {
  heapBytes: 3 * 1024 * 1024,
  descriptors: 3,
  resources: 3,
  fileBytes: 3 * 1024 * 1024,
  walBytes: 4 * 1024 * 1024,
} as const;

export type Figure = keyof typeof ALLOWED_GROWTH;

export const FIGURES = Object.keys(ALLOWED_GROWTH) as Figure[];

/**
 * How much a figure grew while it was observed, by the median of the slopes between all pairs of samples (Theil–Sen):
 * one sample that was taken at a bad moment does not bend it, as it would a least-squares line.
 */
export function growthOf(figure: keyof Sample, samples: readonly Sample[]): number {
  const slopes = samples.flatMap((from, index) =>
    samples.slice(index + 1).map((to) => (to[figure] - from[figure]) / (to.at - from.at)),
  );
  const duration = samples.at(-1)!.at - samples[0]!.at;
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)]! * duration;
}

/** The figures that grew by more than is noise. */
export function grown(samples: readonly Sample[]): Figure[] {
  return FIGURES.filter((figure) => growthOf(figure, samples) > ALLOWED_GROWTH[figure]);
}
