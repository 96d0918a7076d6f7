import type { StoredResponse } from './stored-response.js';

/** What came of running a handler: an answer that can be kept, or its result as it was. */
export type HandlerAnswer = StoredResponse | RawAnswer;

/** A result that is sent by Nest as if there were no cache. */
export class RawAnswer {
  constructor(readonly result: unknown) {}
}
