import { doneOf } from '../../../warm-up/warm-up-report.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { ShadowView, WarmUpView } from '../contract.js';
import { unlessStoreIsOut } from '../store-is-out.js';

/** Differences of shadow checks that are told. */
const MOST_DIFFERENCES = 10;

/** How far the newest warm-up of all processes has come. */
export async function warmUpView({ warmUp }: DashboardServices): Promise<WarmUpView | null> {
  const latest = await unlessStoreIsOut(warmUp.latest(), () => null);
  if (latest === null) return null;
  const { startedAt, finishedAt, planned, warmed, fresh, sourceMs } = latest.report;
  const done = doneOf(latest.report);
  return { state: latest.state, startedAt, finishedAt, planned, done, warmed, fresh, sourceMs };
}

/** What shadow checks of this process found. */
export function shadowView({ options, shadow }: DashboardServices): ShadowView | null {
  if (options.shadowCheck === undefined) return null;
  return { differences: shadow.latest.slice(0, MOST_DIFFERENCES).map((difference) => ({ ...difference })) };
}
