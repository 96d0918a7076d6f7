import type { TrafficFigures } from '../../../performance/traffic.js';
import type { Traffic } from '../contract.js';

/** Without the requests past the cache: the log knows of none, and a zero would say that there were none. */
export function toTraffic(figures: TrafficFigures): Traffic {
  const { requests, hitRatio, hit, miss, saved, outcomes } = figures;
  return { requests, outcomes: toCounts(outcomes), hitRatio, hit, miss, saved };
}

export function toCounts(outcomes: TrafficFigures['outcomes']): Traffic['outcomes'] {
  const { hit, miss, coalesced, stale, failed } = outcomes;
  return { hit, miss, coalesced, stale, failed };
}
