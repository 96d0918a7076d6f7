import type { z } from 'zod';
import type { FoundEntry } from '../../../cache/entry-search.service.js';
import type { ResolvedViewOptions } from '../../dashboard-options.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { EntriesView, EntryRow, EntryView } from '../contract.js';
import type { entriesQuery } from '../inputs.schema.js';
import { previewPayload } from '../payload-preview.js';
import { ApiProblem } from '../problem.js';

/** A page of the entries of the file. */
export async function entries(
  services: DashboardServices,
  query: z.output<typeof entriesQuery>,
): Promise<EntriesView> {
  const { type, companyId, tag, text } = query;
  const isNarrowed = [type, companyId, tag, text].some((condition) => condition !== undefined);
  const [found, total] = await Promise.all([
    services.entries.search(query),
    isNarrowed ? null : services.cache.getStats().then(({ totalEntries }) => totalEntries),
  ]);
  return { now: services.clock.now(), entries: found.entries.map(toRow), next: found.next, total };
}

/** One entry, with the beginning of its payload where the module was told to show it. */
export async function entry(
  services: DashboardServices,
  { key }: { key: string },
  { showPayloads }: ResolvedViewOptions,
): Promise<EntryView> {
  const found = await services.entries.find(key);
  if (found === undefined) throw new ApiProblem(404, 'NOT_FOUND', 'there is no such entry any more');
  const stored = showPayloads ? await services.entries.payload(key) : undefined;
  const payload = stored === undefined ? null : await previewPayload(stored);
  return { now: services.clock.now(), entry: toRow(found), payload };
}

function toRow({ tags, ...entry }: FoundEntry): EntryRow {
  return { ...entry, tags: [...tags] };
}
