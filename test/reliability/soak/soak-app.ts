import { Controller, Get, Logger, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  Cacheable,
  CacheEvict,
  ReportsCacheModule,
  type CompanyWatermark,
  type WatermarkSource,
} from '../../../src/index.js';

/** Books that the load posts to, and whose source fails now and then. */
export const books = {
  versions: new Map<string, number>(),
  asked: 0,

  post(company: string): void {
    this.versions.set(company, (this.versions.get(company) ?? 0) + 1);
  },
};

class Watermarks implements WatermarkSource {
  readWatermarks(companyIds: readonly string[]): Promise<CompanyWatermark[]> {
    return Promise.resolve(
      companyIds.map((companyId) => ({
        companyId,
        schema: `erp_${companyId}`,
        watermark: books.versions.get(companyId) ?? 0,
      })),
    );
  }
}

const reportOf = (company: string, period: string) => ({
  company,
  period,
  rows: Array.from({ length: 20 }, (_, row) => ({
    account: 4_000 + row,
    text: `Erlöse ${period}`,
    sum: row * 1.19,
  })),
});

@Controller('companies/:companyId')
export class Companies {
  @Get('ledger')
  @Cacheable({ params: ['period'], tags: ['ledger'], ttl: '3s', jitter: 0.5, earlyRefresh: 1 })
  ledger(@Param('companyId') company: string, @Query('period') period: string): unknown {
    return reportOf(company, period);
  }

  @Get('moody')
  @Cacheable({ params: ['period'], ttl: '1s', grace: '2s', softTimeout: 20 })
  moody(@Param('companyId') company: string, @Query('period') period: string): unknown {
    books.asked += 1;
    if (books.asked % 3 === 0) throw new Error('the books are closed');
    return reportOf(company, period);
  }

  @Post('postings')
  @CacheEvict({ company: (request: { params: { companyId: string } }) => request.params.companyId })
  post(@Param('companyId') company: string): void {
    books.post(company);
  }
}

/** An app with small bounds and short lives, so that everything that fills has filled and turns over within seconds. */
export async function startSoakApp(
  type: 'sqlite' | 'better-sqlite3',
  path: string,
): Promise<NestExpressApplication> {
  const cache = ReportsCacheModule.forRoot({
    database: { type, path },
    ttl: '5s',
    memory: { maxBytes: '2mb', maxEntries: 500 },
    maxBytes: '8mb',
    sourceConcurrency: 32,
    identify: (request: { headers: Record<string, string | undefined> }) => ({
      username: request.headers['x-user'],
    }),
    refresh: { allow: () => true, minAge: '100ms' },
    cleanup: { cron: '*/2 * * * * *' },
    performance: { retention: '5s', flushEvery: '100ms' },
    watermark: { source: Watermarks, every: '250ms' },
  });
  @Module({ imports: [cache], controllers: [Companies] })
  class SoakModule {}
  Logger.overrideLogger(false);
  const app = await NestFactory.create<NestExpressApplication>(SoakModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}
