import type { EntryName } from './cache-request.js';
import type { Asked } from './exchange.js';

/** A request that the cache takes care of. */
export interface Visit {
  readonly asked: Asked;
  readonly username: string | undefined;
  readonly entry: EntryName;
  readonly wantsRefresh: boolean;
  /** Whether to compare a hit with what the handler says. */
  readonly isShadowed: boolean;
  readonly startedAt: number;
}
