import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Query,
} from '@nestjs/common';
import {
  Cacheable,
  CacheService,
  PerformanceLogService,
  ReportsCacheDashboardModule,
  type ReportsCacheDashboardOptions,
  type ReportsCacheOptions,
} from '../../../src/index.js';
import {
  ACTION_HEADER,
  type ActionBodies,
  type ViewName,
  type Views,
} from '../../../src/dashboard/api/contract.js';
import { VIEWS } from '../../../src/dashboard/api/views.js';
import { Database } from '../../../src/storage/database.js';
import { CacheConfigRepository } from '../../../src/storage/repositories/cache-config.repository.js';
import { UserGuard } from '../../http/user-guard.js';
import { http, type HttpAnswer, type HttpOptions } from '../../support/http-client.js';
import { type AdapterName, type ReportAppOptions, startReportApp } from '../../support/report-app.js';

/** Who may see the dashboard: `x-user: admin`. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers['x-user'] === 'admin';
  }
}

@Controller('reports')
class Reports {
  @Get('ledger')
  @Cacheable({ type: 'ledger', scope: 'company', tags: ['books'] })
  ledger(@Query('companyId') companyId: string) {
    return { companyId, secret: 'figures of the ledger' };
  }

  @Get('mine')
  @Cacheable({ type: 'mine' })
  mine() {
    return { mine: true };
  }
}

export const ADMIN = { 'x-user': 'admin' } as const;

export interface DashboardAppOptions extends Pick<ReportAppOptions, 'imports' | 'providers' | 'configure'> {
  adapter?: AdapterName;
  dashboard?: Partial<ReportsCacheDashboardOptions>;
  cache?: ReportsCacheOptions;
  /** The global prefix, version included. */
  prefix?: string;
}

/** A real app with reports and the dashboard, over real HTTP. */
export async function startDashboard({
  adapter = 'express',
  dashboard = {},
  cache = {},
  prefix = '',
  imports = [],
  providers = [],
  configure,
}: DashboardAppOptions = {}) {
  const report = await startReportApp({
    adapter,
    imports: [ReportsCacheDashboardModule.forRoot({ guards: [AdminGuard], ...dashboard }), ...imports],
    controllers: [Reports],
    providers,
    configure: (app: INestApplication) => {
      app.useGlobalGuards(new UserGuard());
      configure?.(app);
    },
    cache: { ...cache, performance: { flushEvery: '1h', ...cache.performance } },
  });
  const base = `${report.url}${prefix}/${dashboard.path ?? 'reports-cache'}`;
  const database = report.app.get(Database, { strict: false });
  const ask = (path: string, options: HttpOptions = {}): Promise<HttpAnswer> =>
    http(`${base}${path}`, { ...options, headers: { ...ADMIN, ...options.headers } });

  /** A view; checked against the contract, so that nothing comes that it does not name. */
  async function view<Name extends ViewName>(
    name: Name,
    query: Record<string, string> = {},
  ): Promise<Views[Name]> {
    const answer = await ask(`/api/${name}?${new URLSearchParams(query).toString()}`);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
    const body: unknown = JSON.parse(answer.text);
    const parsed = VIEWS[name].answer.parse(body);
    if (JSON.stringify(sorted(parsed)) !== JSON.stringify(sorted(body)))
      throw new Error(`${name} holds what the contract does not name`);
    return parsed;
  }

  const act = <Name extends keyof ActionBodies>(
    name: Name,
    body: ActionBodies[Name],
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> =>
    ask(`/api/actions/${name}`, { method: 'POST', body, headers: { [ACTION_HEADER]: '1', ...headers } });

  /** Asks for a report and waits until it is in the file. */
  const fill = async (query = 'companyId=7', headers: Record<string, string> = { 'x-user': 'alice' }) => {
    const answer = await http(`${report.url}${prefix}/reports/ledger?${query}`, { headers });
    await database.write(() => Promise.resolve());
    return answer;
  };

  /** As a process notes its warm-up that has begun: three of twelve reports so far. */
  const noteWarmUp = async (): Promise<void> => {
    const startedAt = report.clock.now();
    const counts = { warmed: 2, fresh: 0, unidentified: 0, refused: 1, strayed: 0, overtaken: 0, failed: 0 };
    const facts = { cause: 'cron', startedAt, finishedAt: null, end: null, planned: 12, sourceMs: 900 };
    const note = JSON.stringify({ ...facts, ...counts });
    await new CacheConfigRepository(database).upsert('reports-cache:warm-up', note, startedAt);
  };

  return {
    ...report,
    ...{ base, database, ask, view, act, fill, noteWarmUp },
    cache: report.app.get(CacheService),
    log: report.app.get(PerformanceLogService),
  };
}

/** With the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
