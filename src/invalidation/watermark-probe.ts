import { type CacheStatistics } from '../cache/cache-statistics.js';
import { InvalidArgumentError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { CompanyWatermark, WatermarkSource } from '../common/watermark-source.js';

/** The source did not answer in time. */
export class ProbeTimeout extends Error {
  override readonly name = 'ProbeTimeout';

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/** Asks the app's {@link WatermarkSource}, in one call for all companies. */
export class WatermarkProbe {
  /** @param patienceMs how long a call may take; its signal then aborts it. */
  constructor(
    private readonly findSource: () => Promise<WatermarkSource | undefined>,
    private readonly statistics: CacheStatistics,
    private readonly patienceMs: number,
  ) {}

  /** @throws {InvalidArgumentError} when the module has no source; {@link ProbeTimeout}; what the source throws. */
  async ask(companyId: string | undefined): Promise<readonly CompanyWatermark[]> {
    const source = await this.findSource();
    if (source === undefined) {
      throw new InvalidArgumentError('The module has no "watermark.source" to ask; give one to forRoot()');
    }
    const companyIds = companyId === undefined ? await this.statistics.companyIds() : [companyId];
    return companyIds.length === 0 ? [] : this.read(source, companyIds);
  }

  private async read(
    source: WatermarkSource,
    companyIds: readonly string[],
  ): Promise<readonly CompanyWatermark[]> {
    const patience = new AbortController();
    const reading = source.readWatermarks(companyIds, patience.signal);
    try {
      return await inTime(reading, this.patienceMs, () => new ProbeTimeout(this.patienceMs));
    } finally {
      patience.abort();
    }
  }
}
