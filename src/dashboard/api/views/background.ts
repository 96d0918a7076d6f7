import { doneOf, type SharedWarmUp } from '../../../warm-up/warm-up-report.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { ShadowView, WarmUpView } from '../contract.js';
import { unlessStoreIsOut } from '../store-is-out.js';

/** Differences of shadow checks that are told. */
const MOST_DIFFERENCES = 10;

/** How far the warm-up of this process has come, or the newest of all. */
export async function warmUpView({ warmUp }: DashboardServices): Promise<WarmUpView | null> {
  const { running } = warmUp.progress();
  const latest = running === null ? await newest(warmUp) : ({ report: running, state: 'running' } as const);
  if (latest === null) return null;
  const { startedAt, finishedAt, planned, warmed, fresh, sourceMs } = latest.report;
  const done = doneOf(latest.report);
  return { state: latest.state, startedAt, finishedAt, planned, done, warmed, fresh, sourceMs };
}

function newest(warmUp: DashboardServices['warmUp']): Promise<SharedWarmUp | null> {
  return unlessStoreIsOut<SharedWarmUp | null>(warmUp.latest(), () => null);
}

/** What shadow checks of this process found. */
export function shadowView({ options, shadow }: DashboardServices): ShadowView | null {
  if (options.shadowCheck === undefined) return null;
  return { differences: shadow.latest.slice(0, MOST_DIFFERENCES).map((difference) => ({ ...difference })) };
}
