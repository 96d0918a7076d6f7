import { describe, expect, test } from 'vitest';
import { grown, growthOf } from './growth.js';
import type { Sample } from './sample.js';

const MIB = 1024 * 1024;

function samples(heapBytes: (index: number) => number): Sample[] {
  return Array.from({ length: 30 }, (_, index) => ({
    operations: index,
    at: index * 10,
    heapBytes: heapBytes(index),
    rssBytes: 0,
    descriptors: 20,
    resources: 8,
    fileBytes: MIB,
    walBytes: 0,
  }));
}

const sawtooth = (index: number) => 40 * MIB + (index % 5) * MIB;

describe('growth', () => {
  test('of a figure that goes up and down is none', () => {
    expect(grown(samples(sawtooth))).toEqual([]);
  });

  test('beneath the ups and downs is seen', () => {
    const leaking = samples((index) => sawtooth(index) + (index * 6 * MIB) / 29);
    expect(growthOf('heapBytes', leaking) / MIB).toBeCloseTo(6, 0);
    expect(grown(leaking)).toEqual(['heapBytes']);
  });

  test('is not bent by one sample taken at a bad moment', () => {
    expect(grown(samples((index) => (index === 28 ? 400 * MIB : sawtooth(index))))).toEqual([]);
  });
});
