import { expect, test } from 'vitest';
import { ShadowChecks, type ShadowOptions } from '../../src/cache/shadow-checks.js';
import { ShadowDifferences } from '../../src/cache/shadow-differences.js';
import { noTelemetry } from '../../src/common/telemetry.js';
import { ManualClock } from '../support/manual-clock.js';
import { seededRandom } from '../support/seeded-random.js';

function checksWith(options: ShadowOptions | undefined, random: () => number): ShadowChecks {
  const clock = new ManualClock();
  return new ShadowChecks(
    options,
    undefined as never,
    new ShadowDifferences(clock),
    noTelemetry,
    clock,
    0,
    random,
  );
}

test.each([0.001, 0.01, 0.5])('about %d of the hits are drawn', (share) => {
  const random = seededRandom(7);
  const checks = checksWith({ share, maxConcurrency: 1 }, () => random(1e9) / 1e9);
  const hits = 200_000;
  let drawn = 0;
  for (let hit = 0; hit < hits; hit++) if (checks.draws()) drawn++;
  // Five standard deviations of a binomial distribution.
  expect(Math.abs(drawn - hits * share)).toBeLessThan(5 * Math.sqrt(hits * share * (1 - share)));
});

test('a share of 1 draws every hit, none draws none', () => {
  expect(checksWith({ share: 1, maxConcurrency: 1 }, () => 0.999_999).draws()).toBe(true);
  expect(checksWith(undefined, () => 0).draws()).toBe(false);
});
