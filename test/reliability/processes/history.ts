import { matches, type EntrySelector, type Selectable } from '../../../src/common/entry-selector.js';

/** A moment that all processes of a machine agree on: milliseconds of its monotonic clock. */
export type Moment = number;

export function momentNow(): Moment {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What an answer says of where it comes from: when it was true for the last time that anybody knows of. */
export interface Stamp {
  readonly key: string;
  /** Of a load: when it began to read its source. Of a value that was set: when the `set` resolved, see {@link Change}. */
  readonly load?: Moment;
  /** Which `set`. */
  readonly set?: string;
}

/** A drop, or the setting of a value. */
export interface Change {
  readonly process: number;
  readonly selector: EntrySelector;
  readonly calledAt: Moment;
  readonly resolvedAt: Moment;
  /** The set whose value it brought. */
  readonly set?: string;
}

export interface Read {
  readonly process: number;
  readonly target: Selectable;
  readonly calledAt: Moment;
  /** `null`: a miss, which is always allowed. */
  readonly stamp: Stamp | null;
}

/** What the flows of one process did and saw. */
export interface History {
  readonly changes: readonly Change[];
  readonly reads: readonly Read[];
  /** Calls that rejected, or sets that were not committed. */
  readonly failures: readonly string[];
  /** What each read took beside its own source, in milliseconds. */
  readonly waits: readonly number[];
}

/** Values that were outdated before they were read, as far as their reader must have known. */
export interface Verdict {
  readonly reads: number;
  readonly hits: number;
  /** In the process that made the change. */
  readonly outdatedOwn: number;
  /** In another process, later than the bound. */
  readonly outdatedForeign: number;
  /** Answers of another key than the one that was asked for. */
  readonly mixedUp: number;
}

/**
 * Holds every read against all changes: what it brought must not have been outdated by a change that resolved before
 * the read was called; by the time of the bound before, when another process made the change. Concurrent calls may
 * come in any order.
 */
export function judge(histories: readonly History[], boundMs: number): Verdict {
  const changes = histories.flatMap((history) => history.changes);
  const setAt = new Map(
    changes.flatMap(({ set, resolvedAt }) => (set === undefined ? [] : [[set, resolvedAt]])),
  );
  const changesOf = groupedByTarget(changes);
  const verdict = { reads: 0, hits: 0, outdatedOwn: 0, outdatedForeign: 0, mixedUp: 0 };
  for (const { process, target, calledAt, stamp } of histories.flatMap((history) => history.reads)) {
    verdict.reads += 1;
    if (stamp === null) continue;
    verdict.hits += 1;
    if (stamp.key !== target.key) verdict.mixedUp += 1;
    // A set that is not among the changes came before all of them.
    const trueAt = stamp.load ?? setAt.get(stamp.set!) ?? -Infinity;
    const outdating = changesOf(target).filter((change) => trueAt < change.calledAt);
    if (outdating.some((change) => change.process === process && change.resolvedAt < calledAt))
      verdict.outdatedOwn += 1;
    if (outdating.some((change) => change.resolvedAt + boundMs < calledAt)) verdict.outdatedForeign += 1;
  }
  return verdict;
}

function groupedByTarget(changes: readonly Change[]): (target: Selectable) => readonly Change[] {
  const found = new Map<string, readonly Change[]>();
  return (target) => {
    const known = found.get(target.key) ?? changes.filter(({ selector }) => matches(selector, target));
    found.set(target.key, known);
    return known;
  };
}
