import { Controller, Get, Module, Query } from '@nestjs/common';
import type { Browser, Page } from 'playwright-core';
import { Cacheable } from '../../../../src/index.js';
import { http } from '../../../support/http-client.js';
import { startDashboard, type DashboardAppOptions } from '../../support/dashboard-app.js';
import { openWatchedPage, type WatchedPageOptions } from './watched-page.js';

/** A name that runs a script wherever it is taken for markup. */
export const HOSTILE = `<img src=x onerror="document.body.dataset.owned='yes'">`;

@Controller('hostile')
class HostileReports {
  @Get()
  @Cacheable({ type: HOSTILE, company: () => HOSTILE, tags: () => [HOSTILE] })
  hostile(@Query('q') q: string) {
    return { q };
  }
}

@Module({ controllers: [HostileReports] })
class HostileModule {}

export type BrowserApp = Awaited<ReturnType<typeof startBrowserApp>>;

/**
 * A real app with the dashboard, and ways to fill its cache as users do: by requests. What was asked for stands in the
 * log and in the file when the promise settles.
 */
export async function startBrowserApp(options: DashboardAppOptions = {}) {
  const app = await startDashboard({ ...options, imports: [HostileModule, ...(options.imports ?? [])] });
  const { prefix = '' } = options;
  const settle = async (): Promise<void> => {
    await app.database.write(() => Promise.resolve());
    await app.log.flush();
  };
  return {
    ...app,
    /** A morning: three companies ask for the ledger, some of them again, and alice for a report of her own. */
    async fillAsUsersDo(): Promise<void> {
      for (const companyId of ['7', '7', '7', '8', '8', '9']) await app.fill(`companyId=${companyId}`);
      await http(`${app.url}${prefix}/reports/mine`, { headers: { 'x-user': 'alice' } });
      await settle();
    },
    /** A user, type, company, tag and key that are all called {@link HOSTILE}. */
    async fillWithHostileNames(): Promise<void> {
      const address = `${app.url}${prefix}/hostile?q=${encodeURIComponent(HOSTILE)}`;
      for (let time = 0; time < 2; time++) await http(address, { headers: { 'x-user': HOSTILE } });
      await settle();
    },
  };
}

/** Opens a view of the dashboard and waits until it is drawn. */
export async function openView(
  browser: Browser,
  app: { base: string },
  view = 'overview',
  options: WatchedPageOptions = {},
): Promise<Page> {
  const page = await openWatchedPage(browser, `${app.base}#/${view}`, options);
  await drawn(page);
  return page;
}

/** Goes to another view of the same page. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate((hash) => location.assign(hash), `#/${view}`);
  const name = view.split('?')[0];
  await page.locator(`.nav a[aria-current="page"][href="#/${name}"]`).waitFor();
  await drawn(page);
}

/** Until the view shows what it loaded. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('main .region[aria-busy="false"]').waitFor();
}
