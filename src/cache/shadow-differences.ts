import type { Clock } from '../common/clock.js';
import { ModuleLogger } from '../common/module-logger.js';

/** A stored report that was not what its source answers any more, and nobody had said so. */
export interface ShadowDifference {
  readonly type: string;
  /** Milliseconds since it was stored, when that was found out. */
  readonly ageMs: number;
  /** Epoch milliseconds. */
  readonly foundAt: number;
}

/** How many are remembered. */
const MAX_REMEMBERED = 100;

/** How often a type is warned of: a report that tells its own time differs at every check. */
const WARN_EVERY_MS = 60_000;

/** Remembers and warns of differences, by type and age: never of whom or what exactly. */
export class ShadowDifferences {
  private readonly logger = new ModuleLogger();
  private readonly warnedAt = new Map<string, number>();
  private newest: readonly ShadowDifference[] = [];

  constructor(private readonly clock: Clock) {}

  /** The latest hundred, the newest first. */
  get latest(): readonly ShadowDifference[] {
    return this.newest;
  }

  /** @internal */
  add(type: string, ageMs: number): void {
    const foundAt = this.clock.now();
    this.newest = [{ type, ageMs, foundAt }, ...this.newest].slice(0, MAX_REMEMBERED);
    if (foundAt - (this.warnedAt.get(type) ?? -Infinity) < WARN_EVERY_MS) return;
    this.warnedAt.set(type, foundAt);
    this.logger.warn(
      `A stored report of type ${JSON.stringify(type)}, ${Math.round(ageMs / 1_000)} s old, was not what its source ` +
        'answers, though nothing had dropped it: it is dropped now. Look for what changes its books without ' +
        '@CacheEvict, a tag or a watermark',
    );
  }
}
