import type { AuditEntry } from '../../../settings/audit-log.service.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { ActivityView, AuditRow } from '../contract.js';
import { ApiProblem } from '../problem.js';

/** What was done by hand, the newest first. */
export async function activity(
  { audit }: DashboardServices,
  { limit, after }: { limit: number; after?: string },
): Promise<ActivityView> {
  const rows = await audit.list(limit, after === undefined ? undefined : readCursor(after));
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { rows: rows.map(toRow), next: last === undefined ? null : String(last.id) };
}

function readCursor(cursor: string): number {
  const id = Number(cursor);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new ApiProblem(400, 'BAD_INPUT', 'after must be `next` of the page before');
}

function toRow({ value, removed, ...row }: AuditEntry): AuditRow {
  return { ...row, value: value ?? null, removed: removed ?? null };
}
