import { emptyFigures } from '../../../performance/traffic.js';
import type { CompanyPerformance } from '../../../performance/performance-report.service.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { CompaniesView, CompanyRow, Range } from '../contract.js';
import { toTraffic } from './traffic.js';

type Sizes = Awaited<ReturnType<DashboardServices['entries']['sizesByCompany']>>;

/** Every company that was asked for or has entries, those with most requests first. */
export async function companies(
  services: DashboardServices,
  { range, limit }: { range: Range; limit: number },
): Promise<CompaniesView> {
  const [performance, sizes] = await Promise.all([
    services.performance.byCompany(range),
    services.entries.sizesByCompany(),
  ]);
  const { from, to, companies: asked } = performance;
  const others = [...sizes.keys()]
    .filter((companyId) => !asked.some((row) => row.companyId === companyId))
    .sort()
    .map(neverAsked);
  const all = [...asked, ...others];
  const rows = await Promise.all(all.slice(0, limit).map((row) => toRow(row, sizes, services)));
  return { range, from, to, companies: rows, total: all.length };
}

async function toRow(
  performance: CompanyPerformance,
  sizes: Sizes,
  { watermarks }: DashboardServices,
): Promise<CompanyRow> {
  const { companyId, missSourceMs } = performance;
  const figures = { ...toTraffic(performance), companyId, missSourceMs };
  if (companyId === null) return { ...figures, entries: null, entryBytes: null, watermark: null };
  const held = sizes.get(companyId);
  const watermark = await watermarks.get(companyId);
  return {
    ...figures,
    entries: held?.entries ?? 0,
    entryBytes: held?.bytes ?? 0,
    watermark: watermark === undefined ? null : { schema: watermark.schema, checkedAt: watermark.checkedAt },
  };
}

function neverAsked(companyId: string): CompanyPerformance {
  return { ...emptyFigures(), companyId, missSourceMs: 0 };
}
