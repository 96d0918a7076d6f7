/**
 * Passes on what an app's function returned. A promise would be true whatever it brings, and hold no username.
 * @throws {TypeError} when it is one, naming the function.
 */
export function atOnce<T>(value: T, what: string): T {
  const { then } = (value ?? {}) as { then?: unknown };
  if (typeof then === 'function') throw new TypeError(`"${what}" returned a promise; it must answer at once`);
  return value;
}
