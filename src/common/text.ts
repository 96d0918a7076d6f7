import { InvalidArgumentError } from './errors.js';

/**
 * A text of 1 to `maxLength` (default 200) UTF-16 code units. Lone surrogates are refused: the drivers would store
 * another text.
 * @throws {InvalidArgumentError} naming `what`, the argument.
 */
export function requireText(value: unknown, what: string, maxLength = 200): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= maxLength && value.isWellFormed()) {
    return value;
  }
  throw new InvalidArgumentError(`${what} must be a well-formed text of 1 to ${maxLength} characters`);
}

/**
 * As {@link requireText}, without U+0000: PostgreSQL keeps none. For what is kept for good, which may be moved there.
 * @throws {InvalidArgumentError} naming `what`, the argument.
 */
export function requireKeptText(value: unknown, what: string, maxLength = 200): string {
  const text = requireText(value, what, maxLength);
  if (!text.includes('\0')) return text;
  throw new InvalidArgumentError(`${what} must not hold the character U+0000`);
}
