import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { REPORTS_CACHE_CLOCK, ReportsCacheModule } from 'nestjs-reports-cache';
import request from 'supertest';
import { expect, test } from 'vitest';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

test('a trial balance is computed anew after twelve hours', async () => {
  let time = Date.UTC(2026, 0, 15);
  const folder = mkdtempSync(join(tmpdir(), 'cache-'));
  const testing = Test.createTestingModule({
    imports: [ReportsCacheModule.forRoot({ database: { path: join(folder, 'cache.sqlite') } })],
    controllers: [ReportsController],
    providers: [ReportsService],
  })
    .overrideProvider(REPORTS_CACHE_CLOCK)
    .useValue({ now: () => time, elapsed: () => time });
  const app = (await testing.compile()).createNestApplication();
  await app.init();

  const ask = async () => {
    const answer = await request(app.getHttpServer()).get('/reports/trial-balance?companyId=7&period=2025');
    return answer.get('X-Cache');
  };
  expect(await ask()).toBe('MISS');
  time += 12 * 3_600_000 - 1;
  expect(await ask()).toBe('HIT');
  time += 1;
  expect(await ask()).toBe('MISS');
  await app.close();
  rmSync(folder, { recursive: true });
});
