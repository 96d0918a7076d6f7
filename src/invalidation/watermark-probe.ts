import { type CacheStatistics } from '../cache/cache-statistics.js';
import { InvalidArgumentError } from '../common/errors.js';
import type { CompanyWatermark, WatermarkSource } from '../common/watermark-source.js';

/** Asks the app's {@link WatermarkSource}, in one call for all companies. */
export class WatermarkProbe {
  constructor(
    private readonly findSource: () => Promise<WatermarkSource | undefined>,
    private readonly statistics: CacheStatistics,
  ) {}

  /** @throws {InvalidArgumentError} when the module has no source. */
  async ask(companyId: string | undefined): Promise<readonly CompanyWatermark[]> {
    const source = await this.findSource();
    if (source === undefined) {
      throw new InvalidArgumentError('The module has no "watermark.source" to ask; give one to forRoot()');
    }
    const companyIds = companyId === undefined ? await this.statistics.companyIds() : [companyId];
    return companyIds.length === 0 ? [] : source.readWatermarks(companyIds);
  }
}
