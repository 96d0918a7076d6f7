/** What was thrown says of itself. Anything can be thrown, also what has no text and what throws when asked for one. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'an error without a text';
  }
}
