import {
  type CanActivate,
  Injectable,
  Module,
  type NestInterceptor,
  UnauthorizedException,
  VersioningType,
} from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { map } from 'rxjs';
import { describe, expect, it, test } from 'vitest';
import { InvalidOptionsError, ReportsCacheDashboardModule } from '../../src/index.js';
import { VIEW_PATHS } from '../../src/dashboard/api/contract.js';
import { actionBodies } from '../../src/dashboard/api/inputs.schema.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';
import { SilentLogger } from '../support/silent-logger.js';
import { ADMIN, AdminGuard, startDashboard } from './support/dashboard-app.js';

describe('the module of the dashboard', () => {
  test.each<[string, object | undefined, RegExp]>([
    ['without options', undefined, /guards must be a list of at least one guard/],
    ['without guards', {}, /guards must be a list of at least one guard/],
    ['with an empty list of guards', { guards: [] }, /guards/],
    ['with something that is no guard', { guards: [class {}] }, /guards/],
    ['with a word for guards', { guards: 'none' }, /'none-i-know'/],
    ['with a path that is none', { guards: [AdminGuard], path: '/' }, /path must be a path/],
    ['with a path of parameters', { guards: [AdminGuard], path: ':company' }, /path must be a path/],
    ['with a language that is none', { guards: [AdminGuard], language: '"><script>' }, /language/],
    [
      'with a view option that is none',
      { guards: [AdminGuard], showPayload: true },
      /showPayload is not an option/,
    ],
  ])('refuses to start %s, and says how to mend it', async (_how, options, message) => {
    const start = async (): Promise<void> => {
      await startReportApp({ imports: [ReportsCacheDashboardModule.forRoot(options as never)] });
    };
    await expect(start()).rejects.toThrow(InvalidOptionsError);
    await expect(start()).rejects.toThrow(message);
    await expect(start()).rejects.toThrow(/^ReportsCacheDashboardModule options/);
  });

  it('refuses to start without a cache to show', async () => {
    const testing = Test.createTestingModule({
      imports: [ReportsCacheDashboardModule.forRoot({ guards: [AdminGuard] })],
    }).setLogger(new SilentLogger());
    const app = (await testing.compile()).createNestApplication();
    await expect(app.init()).rejects.toThrow(/import ReportsCacheModule\.forRoot\(\)/);
  });

  it('refuses to start twice in one app', async () => {
    const second = ReportsCacheDashboardModule.forRoot({ guards: [AdminGuard], path: 'second' });
    await expect(startDashboard({ imports: [second] })).rejects.toThrow(/imported 2 times/);
  });

  it('stands open when it is told so, and warns of it', async () => {
    const { base, logger } = await startDashboard({ dashboard: { guards: 'none-i-know' } });
    expect((await http(`${base}/api/settings`)).status).toBe(200);
    expect(logger.warnings).toContainEqual(
      expect.stringMatching(/dashboard at \/reports-cache has no guards/),
    );
  });

  it('warns of nothing when it has a guard', async () => {
    const { logger } = await startDashboard();
    expect(logger.warnings.filter((warning) => warning.includes('dashboard'))).toEqual([]);
  });

  it('takes its view from a factory, and its routes at once', async () => {
    const { url } = await startReportApp({
      imports: [
        ReportsCacheDashboardModule.forRootAsync({
          path: 'admin/cache',
          guards: [AdminGuard],
          readOnly: true,
          useFactory: () => Promise.resolve({ title: 'Books', language: 'de' }),
        }),
      ],
    });
    const { text } = await http(`${url}/admin/cache/api/settings`, { headers: ADMIN });
    expect(JSON.parse(text)).toMatchObject({ title: 'Books', language: 'de', readOnly: true });
    expect((await http(`${url}/admin/cache`, { headers: ADMIN })).text).toContain('<html lang="de"');
  });

  it('refuses what a factory returns when it is wrong', async () => {
    const dashboard = ReportsCacheDashboardModule.forRootAsync({
      guards: [AdminGuard],
      useFactory: () => ({ title: '' }),
    });
    await expect(startReportApp({ imports: [dashboard] })).rejects.toThrow(/title/);
  });

  it('builds guards with what the modules of its imports export', async () => {
    @Injectable()
    class Staff {
      readonly names = ['admin'];
    }
    @Module({ providers: [Staff], exports: [Staff] })
    class StaffModule {}
    @Injectable()
    class StaffGuard implements CanActivate {
      constructor(private readonly staff: Staff) {}

      canActivate(context: Parameters<CanActivate['canActivate']>[0]): boolean {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
        if (this.staff.names.includes(headers['x-user'] ?? '')) return true;
        throw new UnauthorizedException();
      }
    }
    const { base } = await startDashboard({ dashboard: { guards: [StaffGuard], imports: [StaffModule] } });
    expect((await http(`${base}/api/settings`, { headers: ADMIN })).status).toBe(200);
    expect((await http(`${base}/api/settings`)).status).toBe(401);
  });
});

describe.each(ADAPTERS)('the module of the dashboard over %s', (adapter) => {
  it('stands below the global prefix, whatever the version of the API', async () => {
    const { view, ask } = await startDashboard({
      adapter,
      prefix: '/erp/api',
      dashboard: { path: '/admin/cache/' },
      configure: (app) => {
        app.setGlobalPrefix('erp/api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    }).then(({ url }) => {
      const base = `${url}/erp/api/admin/cache`;
      const ask = (path: string) => http(`${base}${path}`, { headers: ADMIN });
      return { ask, view: async () => JSON.parse((await ask('/api/settings')).text) as object };
    });
    expect(await view()).toMatchObject({ title: 'Reports cache' });
    expect((await ask('')).text).toContain('src="./cache/assets/app.js"');
  });

  it('answers as it is, whatever interceptors of the app make of answers', async () => {
    const wrap: NestInterceptor = {
      intercept: (_context, next) => next.handle().pipe(map((data) => ({ data }))),
    };
    const { view } = await startDashboard({
      adapter,
      configure: (app) => void app.useGlobalInterceptors(wrap),
    });
    expect((await view('settings')).title).toBe('Reports cache');
  });

  it('stands in the OpenAPI document of the app with every view and action, and not with its page', async () => {
    const { app } = await startDashboard({ adapter });
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const paths = Object.entries(document.paths).filter(([path]) => path.startsWith('/reports-cache'));
    const views = Object.values(VIEW_PATHS).map((path) => `/reports-cache/${path}`);
    const actions = Object.keys(actionBodies).map((name) => `/reports-cache/api/actions/${name}`);
    expect(paths.map(([path]) => path).sort()).toEqual([...views, ...actions].sort());
    const entries = document.paths['/reports-cache/api/entries']?.get;
    expect(entries?.parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    );
    const action = document.paths['/reports-cache/api/actions/clear-type']?.post;
    expect(action?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['type'] } } },
    });
    expect(JSON.stringify(entries?.responses)).toContain('lastAccessedAt');
  });
});
