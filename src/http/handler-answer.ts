import type { StoredResponse } from './stored-response.js';

/** What came of running a handler: an answer that can be kept, its result as it was, or that it refused. */
export type HandlerAnswer = StoredResponse | RawAnswer | Refusal;

/** A result that is sent by Nest as if there were no cache. */
export class RawAnswer {
  constructor(readonly result: unknown) {}
}

/**
 * The handler answered with a client error (4xx). It holds for this request alone: others who wait for the same key
 * ask for themselves, and no expired report is served in its place (RFC 5861, section 4 names 5xx alone).
 */
export class Refusal {
  constructor(readonly error: unknown) {}
}
