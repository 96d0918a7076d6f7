import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Module, Res, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Response } from 'express';
import type { FastifyReply } from 'fastify';
import type { Report } from '../harness/payload.js';
import {
  Cacheable,
  ReportsCacheMetricsModule,
  ReportsCacheModule,
  type ReportsCacheOptions,
} from '../library.js';
import { keyvSqlite } from '../yardsticks/keyv-sqlite.js';
import { waitExactly } from './wait-exactly.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Ready bytes, put on the wire as directly as a Nest handler can: what a hit would cost without a cache. */
export function bytesModule(report: Report): Type<unknown> {
  const bytes = Buffer.from(JSON.stringify(report));

  @Controller('reports')
  class ReportsController {
    @Get('trial-balance')
    trialBalance(@Res() response: Response | FastifyReply): void {
      if ('header' in response && 'request' in response && 'sent' in response) {
        void response.header('Content-Type', JSON_TYPE).send(bytes);
        return;
      }
      // Not `response.send()`: it hashes the body for a weak ETag, each time anew.
      const express = response as Response;
      express.setHeader('Content-Type', JSON_TYPE);
      express.setHeader('Content-Length', bytes.length);
      express.end(bytes);
    }
  }

  @Module({ controllers: [ReportsController] })
  class BytesModule {}
  return BytesModule;
}

/** A handler as everybody writes it. */
function objectController(report: Report, delayMs: number): Type<unknown> {
  @Controller('reports')
  class ReportsController {
    @Get('trial-balance')
    async trialBalance(): Promise<Report> {
      await waitExactly(delayMs);
      return report;
    }
  }
  return ReportsController;
}

/** No cache. */
export function objectModule(report: Report, delayMs: number): Type<unknown> {
  @Module({ controllers: [objectController(report, delayMs)] })
  class ObjectModule {}
  return ObjectModule;
}

/** `@nestjs/cache-manager` as its documentation shows it. */
export function stockModule(report: Report, store: 'memory' | 'keyv'): Type<unknown> {
  const cache =
    store === 'memory'
      ? CacheModule.register({ ttl: 3_600_000 })
      : CacheModule.registerAsync({ useFactory: () => ({ stores: [keyvSqlite()] }) });

  @Module({
    imports: [cache],
    controllers: [objectController(report, 0)],
    providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }],
  })
  class StockModule {}
  return StockModule;
}

/** This library with everything on: performance log, hit counts, both headers. */
export function libraryModule(
  report: Report,
  delayMs: number,
  options: ReportsCacheOptions,
  hasMetrics = false,
): Type<unknown> {
  @Controller('reports')
  class ReportsController {
    @Cacheable({ type: 'trial-balance', ttl: '1h' })
    @Get('trial-balance')
    async trialBalance(): Promise<Report> {
      await waitExactly(delayMs);
      return report;
    }
  }

  @Module({
    imports: [
      ReportsCacheModule.forRoot(options),
      ...(hasMetrics ? [ReportsCacheMetricsModule.forRoot()] : []),
    ],
    controllers: [ReportsController],
  })
  class LibraryModule {}
  return LibraryModule;
}
