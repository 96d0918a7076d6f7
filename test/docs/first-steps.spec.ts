import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REPORTS_CACHE_OPTIONS, WatermarkService } from '../../src/index.js';
import { resolveOptions } from '../../src/common/options.schema.js';
import { http } from '../support/http-client.js';
import { SilentLogger } from '../support/silent-logger.js';
import { tempFolder } from '../support/temp-folder.js';
import { AppModule } from './snippets/app.module.js';
import { Books } from './snippets/books.js';
import { ClosingService } from './snippets/closing.service.js';
import { Erp } from './snippets/erp.js';
import { HealthController } from './snippets/health.controller.js';
import { PostingsController } from './snippets/postings.controller.js';
import { PostingsService } from './snippets/postings.service.js';
import { ReportsService } from './snippets/reports.service.js';
import { YearToDateController } from './snippets/year-to-date.controller.js';

const COMPANY_7 = '/reports/trial-balance?companyId=7&period=2026-01';
const COMPANY_8 = '/reports/trial-balance?companyId=8&period=2026-01';

describe('the code of the README', () => {
  it('answers the second caller from the cache, with the same bytes', async () => {
    const { url } = await startApp();
    const first = await http(url + COMPANY_7);
    const second = await http(url + COMPANY_7);
    expect([first.xCache, second.xCache]).toEqual(['MISS', 'HIT']);
    expect(second.body).toEqual(first.body);
  });

  it('drops the reports of the company that was posted to, and no others', async () => {
    const { url } = await startApp();
    await http(url + COMPANY_7);
    await http(url + COMPANY_8);
    const posting = { companyId: '7', account: '601', amount: '1.00' };
    expect(await http(`${url}/postings`, { method: 'POST', body: posting })).toMatchObject({ status: 201 });
    expect(await http(url + COMPANY_7)).toMatchObject({ xCache: 'MISS' });
    expect(await http(url + COMPANY_8)).toMatchObject({ xCache: 'HIT' });
  });

  it('drops the months from the one that was posted to, and keeps those before', async () => {
    const { url } = await startApp();
    const months = ['2026-02', '2026-03', '2026-04', '2025-12'];
    const ask = (month: string) => http(`${url}/year-to-date?companyId=7&period=${month}`);
    for (const month of months) await ask(month);
    const posting = { companyId: '7', account: '601', amount: '1.00' };
    await http(`${url}/year-to-date/2026-03/postings`, { method: 'POST', body: posting });
    const answers = [];
    for (const month of months) answers.push((await ask(month)).xCache);
    expect(answers).toEqual(['HIT', 'MISS', 'MISS', 'HIT']);
  });

  it('notices by the watermark what was posted elsewhere', async () => {
    const { app, url } = await startApp();
    const watermarks = app.get(WatermarkService);
    await watermarks.check('7');
    await http(url + COMPANY_7);
    expect(await watermarks.check('7')).toEqual([]);
    app.get(Erp).maxId++;
    expect(await watermarks.check('7')).toEqual(['7']);
    expect(await http(url + COMPANY_7)).toMatchObject({ xCache: 'MISS' });
  });

  it('keeps a value, frozen, for all who ask for it', async () => {
    const { app, reports } = await startApp();
    const closing = app.get(ClosingService);
    const [first, second] = await Promise.all([
      closing.trialBalance('7', '2025-12'),
      closing.trialBalance('7', '2025-12'),
    ]);
    expect(reports.runs).toBe(1);
    expect(second).toEqual(first);
    expect(() => first.rows.pop()).toThrow(TypeError);
  });

  it('tells its health', async () => {
    const { url } = await startApp();
    const { status, text } = await http(`${url}/health`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'ok',
      info: { 'reports-cache': { status: 'up', sqliteVersion: expect.stringMatching(/^3\./) } },
    });
  });
});

/** The README's module and all that is shown beside it, on a file of this test's own. */
async function startApp(): Promise<{ app: INestApplication; url: string; reports: ReportsService }> {
  const reports = new ReportsService();
  const options = resolveOptions({
    database: { path: join(tempFolder(), 'cache.sqlite') },
    watermark: { source: Books, every: '1h' },
  });
  const testing = Test.createTestingModule({
    imports: [AppModule, TerminusModule],
    controllers: [PostingsController, YearToDateController, HealthController],
    providers: [PostingsService, ClosingService, ReportsService, Books, Erp],
  })
    .overrideProvider(REPORTS_CACHE_OPTIONS)
    .useValue(options)
    .overrideProvider(ReportsService)
    .useValue(reports)
    .setLogger(new SilentLogger());
  const app = (await testing.compile()).createNestApplication();
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), reports };
}
