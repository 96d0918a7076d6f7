import { debuglog } from 'node:util';
import { ReportsCacheError, ValueNotCacheableError } from './errors.js';

/** Writes to stderr where the environment has `NODE_DEBUG=reports-cache`: what may hold figures, names or tokens. */
export const logDetail = debuglog('reports-cache');

const NAME = /^[\w$]{1,60}$/;
const CODE = /^[\w-]{1,40}$/;

/**
 * What a log line may say of an error that the app's own code may have thrown: its class, and its code where it has
 * one. Its message may hold figures, usernames or tokens, and goes to {@link logDetail} alone. Those of this module
 * hold no values, but for the keys in the path of a {@link ValueNotCacheableError}.
 */
export function loggable(error: unknown): string {
  logDetail('%O', error);
  if (error instanceof ReportsCacheError && !(error instanceof ValueNotCacheableError)) return error.message;
  if (!(error instanceof Error)) return `${typeof error} thrown`;
  const { name, code } = error as { name: unknown; code?: unknown };
  const shownName = typeof name === 'string' && NAME.test(name) ? name : 'Error';
  return isCode(code) ? `${shownName} ${code}` : shownName;
}

/** Anything can stand there, also what has no text. */
function isCode(code: unknown): code is string | number {
  return typeof code === 'number' || (typeof code === 'string' && CODE.test(code));
}
