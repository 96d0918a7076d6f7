import { Controller, Get, Param, Post, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { onTestFinished } from 'vitest';
import {
  Cacheable,
  CacheEvict,
  CacheEntryRepository,
  ReportsCacheModule,
  type ReportsCacheOptions,
} from '../../../src/index.js';
import { Database } from '../../../src/storage/database.js';
import { type AdapterName } from '../../support/report-app.js';
import { SilentLogger } from '../../support/silent-logger.js';
import { ChaoticEntries } from './chaotic-entries.js';

export const STORE_TIMEOUT_MS = 100;

/** Enough to fill a small disk with. */
const LINES = 'a line of a report, '.repeat(1_000);

/** Books whose every report tells their version; a posting changes it. */
@Controller()
class Books {
  private version = 0;

  @Get('reports/:id')
  @Cacheable({ type: 'books' })
  report(@Param('id') id: string): unknown {
    return { id, version: this.version, lines: LINES };
  }

  /** Of the app alone. */
  @Get('plain')
  plain(): unknown {
    return {};
  }

  @Post('postings')
  @CacheEvict({ type: 'books' })
  post(): unknown {
    this.version += 1;
    return { version: this.version };
  }
}

export interface BooksApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly entries: ChaoticEntries;
  readonly logger: SilentLogger;
}

/** A Nest app on its real clock, without a memory tier, so that every report asks the store. */
export async function startBooks(
  adapter: AdapterName,
  database: ReportsCacheOptions['database'],
  storeTimeout = STORE_TIMEOUT_MS,
): Promise<BooksApp> {
  const logger = new SilentLogger();
  const testing = await Test.createTestingModule({
    imports: [ReportsCacheModule.forRoot({ database, memory: false, storeTimeout })],
    controllers: [Books],
  })
    .overrideProvider(CacheEntryRepository)
    .useFactory({ inject: [Database], factory: (opened: Database) => new ChaoticEntries(opened) })
    .setLogger(logger)
    .compile();
  const app = testing.createNestApplication<INestApplication>(
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger },
  );
  onTestFinished(() => app.close());
  await app.init();
  if (adapter === 'fastify') await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), entries: app.get(CacheEntryRepository), logger };
}
