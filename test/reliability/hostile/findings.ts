import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { takePollution } from './intrinsics.js';

/** An input that takes longer is a hang: the generous bound of a busy machine. */
const LONGEST_MS = 10_000;

/** What a harness of hostile inputs reached. */
export interface HostileRun {
  readonly inputs: number;
  /** The first few inputs that did harm, each with what it did; empty in a sound build. */
  readonly findings: readonly string[];
}

/** Of more findings nobody learns more. */
const MAX_FINDINGS = 5;

/** Collects what hostile inputs did. After each input the intrinsics of the process are compared with what they were. */
export class Findings {
  readonly list: string[] = [];

  get isFull(): boolean {
    return this.list.length >= MAX_FINDINGS;
  }

  add(input: unknown, what: string): void {
    if (!this.isFull)
      this.list.push(`${what}: ${inspect(input, { depth: 6, breakLength: Infinity }).slice(0, 400)}`);
  }

  /** Runs one input; `judge` says what is wrong with it, or nothing. */
  check(input: unknown, judge: () => string | undefined): void {
    const startedAt = performance.now();
    const fault = faultOf(judge) ?? pollutionOf() ?? slownessOf(startedAt);
    if (fault !== undefined) this.add(input, fault);
  }
}

/** Seeded, so that a finding can be found again, in chunks, so that a million of them need not be in memory. */
export function* chunksOf<T>(arbitrary: fc.Arbitrary<T>, inputs: number, size: number): Generator<T[]> {
  for (let done = 0, seed = 20_261_122; done < inputs; done += size, seed += 1) {
    yield fc.sample(arbitrary, { numRuns: Math.min(size, inputs - done), seed });
  }
}

/** Feeds inputs to something that answers at once. */
export function tryAll<T>(
  arbitrary: fc.Arbitrary<T>,
  inputs: number,
  judge: (input: T) => string | undefined,
): HostileRun {
  const findings = new Findings();
  for (const chunk of chunksOf(arbitrary, inputs, 1_000)) {
    for (const input of chunk) findings.check(input, () => judge(input));
    if (findings.isFull) break;
  }
  return { inputs, findings: findings.list };
}

export function pollutionOf(): string | undefined {
  const polluted = takePollution();
  return polluted.length === 0 ? undefined : `polluted ${polluted.join(', ')}`;
}

function faultOf(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return `threw ${inspect(error, { depth: 1 }).slice(0, 200)}`;
  }
}

function slownessOf(startedAt: number): string | undefined {
  const elapsed = performance.now() - startedAt;
  return elapsed > LONGEST_MS ? `took ${Math.round(elapsed)} ms` : undefined;
}
