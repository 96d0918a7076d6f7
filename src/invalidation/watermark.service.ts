import { Inject, Injectable } from '@nestjs/common';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import { InvalidArgumentError } from '../common/errors.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import type { CompanyWatermark, Watermark } from '../common/watermark-source.js';
import { CacheWatermarkRepository } from '../storage/repositories/cache-watermark.repository.js';
import { decodeWatermark, encodeWatermark } from './watermark-encoding.js';
import { WatermarkProbe } from './watermark-probe.js';

/** The last seen state of a company's books. */
export interface StoredWatermark {
  companyId: string;
  schema: string;
  maxIdAct: Watermark;
  /** When the books were asked, in epoch milliseconds. */
  checkedAt: number;
}

/** Remembers the state of every company's books, and drops a company's entries when it changes. */
@Injectable()
export class WatermarkService {
  constructor(
    private readonly watermarks: CacheWatermarkRepository,
    private readonly cache: ReportCache,
    private readonly probe: WatermarkProbe,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  async get(companyId: CompanyId): Promise<StoredWatermark | undefined> {
    const row = await this.watermarks.find(requireCompanyId(companyId, 'companyId'));
    return row === null ? undefined : { ...row, maxIdAct: decodeWatermark(row.maxIdAct) };
  }

  /**
   * Tells what a company's books look like now. Entries of the company are dropped when that differs from what was
   * seen last, a lower value included: a restore is a change too.
   * @returns whether it was a change.
   */
  async set(companyId: CompanyId, schema: string, maxIdAct: Watermark): Promise<boolean> {
    return this.note({ companyId, schema, watermark: maxIdAct }, this.clock.now());
  }

  /**
   * Asks the source now, for one company or for all that have live entries.
   * @returns the companies whose books changed.
   * @throws {InvalidArgumentError} when the module has no `watermark.source`; what the source throws comes as it is.
   */
  async check(companyId?: CompanyId): Promise<string[]> {
    const askedAt = this.clock.now();
    const answers = await this.probe.ask(
      companyId === undefined ? undefined : requireCompanyId(companyId, 'companyId'),
    );
    const changed: string[] = [];
    for (const answer of answers) {
      if (await this.note(answer, askedAt)) changed.push(requireCompanyId(answer.companyId, 'companyId'));
    }
    return changed;
  }

  /** `askedAt` orders answers: one that comes later than a newer one is ignored. */
  private async note(answer: CompanyWatermark, askedAt: number): Promise<boolean> {
    const companyId = requireCompanyId(answer.companyId, 'companyId');
    if (typeof answer.schema !== 'string') throw new InvalidArgumentError('schema must be a text');
    const row = {
      companyId,
      schema: answer.schema,
      maxIdAct: encodeWatermark(answer.watermark),
      checkedAt: askedAt,
    };
    const known = await this.watermarks.find(companyId);
    if (known !== null && known.checkedAt > askedAt) return false;
    const changed = known === null || known.maxIdAct !== row.maxIdAct || known.schema !== row.schema;
    // Dropped before it is remembered: after a crash between the two the change is seen again, and not lost.
    if (changed)
      await this.cache.invalidate({ companyId, tags: known === null ? undefined : answer.changedTags });
    await this.watermarks.upsert(row);
    return changed;
  }
}
