import fc from 'fast-check';
import type { CacheApp } from '../../module/cache-app.js';
import { chunksOf } from './findings.js';
import { nastyText } from './inputs.js';
import { unprintable } from './log-lines.js';

/** What a failing source may throw. */
const thrown: fc.Arbitrary<unknown> = fc.oneof(
  nastyText.map((text) => new Error(`no company ${text}`)),
  nastyText,
  fc.constantFrom<unknown>(
    undefined,
    null,
    Object.create(null),
    Symbol('s'),
    { toString: 1 },
    new Error('x'.repeat(1e5)),
  ),
);

const event = fc.record({ error: thrown, type: nastyText.filter(isType), field: nastyText });

/** Sources that fail with hostile errors, and values that cannot be kept for a field of a hostile name: both are logged. */
export async function runLogLines(
  { service, clock, logger }: CacheApp,
  inputs: number,
): Promise<{ inputs: number; lines: number; injected: number }> {
  let lines = 0;
  let injected = 0;
  for (const events of chunksOf(event, inputs, 500)) {
    for (const { error, type, field } of events) {
      await service.set('report', 'old', { type, ttl: 1, grace: '1h' });
      clock.advance(1);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a source may throw anything
      await service.getOrSet('report', () => Promise.reject(error), { type });
      await service.getOrSet('odd', () => ({ [field]: () => 1 }), { type });
    }
    lines += logger.warnings.length;
    injected += logger.warnings.filter((line) => unprintable(line) || line.length > 3_000).length;
    logger.warnings.length = 0;
  }
  return { inputs, lines, injected };
}

function isType(text: string): boolean {
  return text.length > 0 && text.length <= 200 && text.isWellFormed();
}
