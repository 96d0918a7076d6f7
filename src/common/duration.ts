import ms from 'ms';

/** Milliseconds, or a text such as `'15m'`, `'2h'`, `'90 days'` or `'3y'` (the formats of the npm package `ms`). */
export type Duration = number | ms.StringValue;

/**
 * Milliseconds of a duration, or `undefined` when it cannot be read, is not finite, or is not above zero.
 * Callers name the option or route in the error they raise.
 */
export function parseDuration(duration: unknown): number | undefined {
  const milliseconds = typeof duration === 'string' ? parseText(duration) : duration;
  return typeof milliseconds === 'number' && Number.isFinite(milliseconds) && milliseconds > 0
    ? milliseconds
    : undefined;
}

function parseText(text: string): number | undefined {
  // `ms` throws on an empty text and on one of more than 100 characters.
  return text.length > 0 && text.length <= 100 ? ms(text as ms.StringValue) : undefined;
}
