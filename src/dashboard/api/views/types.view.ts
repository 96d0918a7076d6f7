import { parseDuration } from '../../../common/duration.js';
import { emptyFigures } from '../../../performance/traffic.js';
import type { TypePerformance } from '../../../performance/performance-report.service.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { MissesByReason, MissReasonName, Range, TypeRow, TypesView } from '../contract.js';
import { missReason } from '../figures.schema.js';
import { toTraffic } from './traffic.js';

type Sizes = Awaited<ReturnType<DashboardServices['entries']['sizesByType']>>;
type Settings = Readonly<Record<string, string>>;

/** Misses of these reasons a longer TTL or more room would have spared; the others were due, or nobody's fault. */
const AVOIDABLE: ReadonlySet<MissReasonName> = new Set(['ttl', 'evicted']);

/** Every kind of report that was asked for, is stored, or has a setting. */
export async function types(services: DashboardServices, { range }: { range: Range }): Promise<TypesView> {
  const [performance, sizes, settings] = await Promise.all([
    services.performance.byType(range),
    services.entries.sizesByType(),
    services.config.all(),
  ]);
  const { from, to, types: asked } = performance;
  const others = [...new Set([...sizes.keys(), ...typesSet(settings)])]
    .filter((type) => !asked.some((row) => row.type === type))
    .sort()
    .map(neverAsked);
  return { range, from, to, types: [...asked, ...others].map((row) => toRow(row, sizes, settings)) };
}

function toRow(performance: TypePerformance, sizes: Sizes, settings: Settings): TypeRow {
  const { type, missReasons, source, usualSourceMs } = performance;
  const held = sizes.get(type);
  const reasons = missReasons.map(toMissesByReason);
  return {
    ...toTraffic(performance),
    ...{ type, source, usualSourceMs },
    missReasons: reasons,
    avoidableMisses: reasons.reduce((sum, { avoidable, misses }) => sum + (avoidable ? misses : 0), 0),
    enabled: settings[`cache.enabled.${type}`] !== 'false',
    ttlOverrideMs: parseDuration(settings[`cache.ttl.${type}`]) ?? null,
    storedTtlMs: held?.longestTtlMs ?? null,
    entries: held?.entries ?? 0,
    entryBytes: held?.bytes ?? 0,
  };
}

function toMissesByReason({
  reason,
  misses,
  sourceMs,
}: TypePerformance['missReasons'][number]): MissesByReason {
  const known = missReason.safeParse(reason);
  const name = known.success ? known.data : 'unknown';
  return { reason: name, misses, sourceMs, avoidable: AVOIDABLE.has(name) };
}

function typesSet(settings: Settings): string[] {
  return Object.keys(settings).flatMap((key) => {
    const [, type] = /^cache\.(?:enabled|ttl)\.(.+)$/s.exec(key) ?? [];
    return type === undefined ? [] : [type];
  });
}

function neverAsked(type: string): TypePerformance {
  const source = { p50Ms: null, p95Ms: null };
  return { ...emptyFigures(), type, source, usualSourceMs: null, missReasons: [] };
}
