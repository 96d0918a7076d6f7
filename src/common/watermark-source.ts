import type { CompanyId } from './company-id.js';

/** One part of a watermark. */
export type WatermarkPart = number | bigint | string | Date | null;

/**
 * What changes when a company's books change: one value, or several such as (max id, row count, last change).
 * A max id alone misses updates and deletes; a tuple with a count or a last-change time notices them.
 */
export type Watermark = WatermarkPart | readonly WatermarkPart[];

/** What the source saw of one company. */
export interface CompanyWatermark {
  companyId: CompanyId;
  /** The company's database schema. */
  schema: string;
  watermark: Watermark;
  /**
   * When given, only entries with one of these tags are dropped on a change; without it, all of the company's. What it
   * leaves out is served until its TTL.
   */
  changedTags?: readonly string[];
}

/** The app's port to its books. One call asks for many companies. */
export interface WatermarkSource {
  /** @param signal aborted when nobody waits for the answer any more: after `watermark.every`. */
  readWatermarks(companyIds: readonly string[], signal: AbortSignal): Promise<readonly CompanyWatermark[]>;
}
