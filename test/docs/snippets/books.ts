import { Injectable } from '@nestjs/common';
import type { CompanyWatermark, WatermarkSource } from 'nestjs-reports-cache';
import { Erp } from './erp.js';

@Injectable()
export class Books implements WatermarkSource {
  constructor(private readonly erp: Erp) {}

  /** One query for all companies that have entries: what changes whenever one of their postings does. */
  async readWatermarks(companyIds: readonly string[]): Promise<CompanyWatermark[]> {
    const states = await this.erp.statesOf(companyIds);
    return states.map(({ company, schema, maxId, count, changedAt }) => ({
      companyId: company,
      schema,
      watermark: [maxId, count, changedAt],
    }));
  }
}
