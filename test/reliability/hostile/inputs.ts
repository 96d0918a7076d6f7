import fc from 'fast-check';

/** Texts that have broken something somewhere: prototypes, quotes, wildcards, paths, log lines, terminals, formats. */
const NASTY = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '',
  ' ',
  '%',
  '_',
  '*',
  'a%',
  "' OR '1'='1",
  "'; DROP TABLE cache_entries; --",
  '"],["global"',
  '\\',
  '\\"',
  '[]',
  '{}',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e309',
  '01',
  '../../etc/passwd',
  '..\\..\\windows',
  '/dev/zero',
  'file:evil.sqlite?mode=memory',
  'a\0b',
  'x\r\nSet-Cookie: evil=1',
  'x\r\n[Nest] 1 - LOG [ReportsCache] all is well',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u2028\u2029',
  '\u202etxt.exe',
  '\ud800',
  '\u{1f4a9}',
  'ﬀ',
  'İ',
  '${7*7}',
  '%s%n%x',
  '%00',
  '%0d%0a',
  'a'.repeat(300),
] as const;

/** A text of one request, row or option: nasty, random, or nasty inside random. */
export const nastyText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.tuple(fc.string({ maxLength: 4 }), fc.constantFrom(...NASTY)).map((parts) => parts.join('')),
);

/** Any value JSON can write, with nasty names and texts at every depth. */
export const nastyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(nastyText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(nastyText, tie('value')), { maxLength: 4 }).map(ownFields),
  ),
})).value;

/** An object whose field `__proto__`, if any, is its own, as `JSON.parse` makes it. */
export function ownFields(fields: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(fields);
}
