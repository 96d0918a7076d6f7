import { type ReportRequest } from './users.js';

/**
 * What the request names as its company; typed as a company, which it is for sure only behind the guard. Guard, cache
 * and eviction all ask here, so that the company that was allowed is the one that is read, booked and evicted.
 */
export function companyOf(request: ReportRequest): number | string | undefined {
  const source: unknown = request.method === 'POST' ? request.body : request.query;
  return (source as { companyId?: number | string } | undefined)?.companyId;
}
