import { setImmediate } from 'node:timers/promises';

/** Something that is measured beside others. */
export interface Subject {
  readonly name: string;
}

export type Samples<S extends Subject> = ReadonlyMap<S, readonly number[]>;

/**
 * Measures the subjects in turn, round after round (A B C A B C …): what the machine does meanwhile hits all of them.
 * The order turns around from round to round, so that nobody always follows the same neighbour.
 */
export async function interleave<S extends Subject>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S) => Promise<number>,
): Promise<Samples<S>> {
  const samples = new Map(subjects.map((subject) => [subject, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) {
      globalThis.gc?.();
      await setImmediate();
      samples.get(subject)!.push(await measure(subject));
    }
  }
  return samples;
}
