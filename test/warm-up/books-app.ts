import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  NotFoundException,
  Param,
  Post,
  Query,
  UnauthorizedException,
} from '@nestjs/common';
import {
  Cacheable,
  CacheEvict,
  CacheService,
  PerformanceLogService,
  WarmUpService,
  type WarmUpOptions,
} from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { http, type HttpOptions } from '../support/http-client.js';
import type { ManualClock } from '../support/manual-clock.js';
import { startReportApp, type AdapterName, type ReportAppOptions } from '../support/report-app.js';

export const HOUR = 3_600_000;

/** What every report's source takes, in milliseconds of the test's clock. */
export const SOURCE_MS = 2_000;

export const ROBOT = { 'x-user': 'robot', 'x-secret': 'robot-secret' };
export const ALICE = { headers: { 'x-user': 'alice' } };

/** What the source of the reports was asked for, and a gate that a test may shut. */
@Injectable()
export class Books {
  readonly runs: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  /** Awaited by every report. */
  gate: Promise<void> = Promise.resolve();
  fails = false;
  clock: ManualClock | undefined;

  async run(what: string): Promise<{ what: string; run: number }> {
    this.runs.push(what);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await this.gate;
    this.atOnce -= 1;
    this.clock?.advance(SOURCE_MS);
    if (this.fails) throw new Error('The books are shut');
    return { what, run: this.runs.length };
  }
}

/** Knows users by `x-user`, and the robot by its secret; everybody else is refused. */
@Injectable()
export class DoorGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{
      url: string;
      headers: Record<string, string | undefined>;
      user?: object;
    }>();
    if (request.url.startsWith('/reports/open')) return true;
    const username = request.headers['x-user'];
    const isImpostor = username === 'robot' && request.headers['x-secret'] !== ROBOT['x-secret'];
    if (username === undefined || isImpostor) throw new UnauthorizedException();
    request.user = { username };
    return true;
  }
}

@Controller('reports')
class Reports {
  constructor(@Inject(Books) private readonly books: Books) {}

  @Get('balance')
  @Cacheable({ type: 'balance', ttl: '1h', scope: 'company', params: ['companyId', 'period'] })
  balance(@Query() query: Record<string, string>): Promise<object> {
    return this.books.run(`balance ${query['companyId']} ${query['period']} ${query['token'] ?? ''}`.trim());
  }

  @Get('ledger/:companyId/:account')
  @Cacheable({ type: 'ledger', ttl: '1h', scope: 'company', headers: ['accept-language'] })
  ledger(@Param() { companyId, account }: Record<string, string>): Promise<object> {
    return this.books.run(`ledger ${companyId} ${account}`);
  }

  @Get('payslips')
  @Cacheable({ type: 'payslips', ttl: '1h' })
  payslips(): Promise<object> {
    return this.books.run('payslips');
  }

  @Get('rights')
  @Cacheable({ type: 'rights', ttl: '1h', scope: () => 'all' })
  rights(): Promise<object> {
    return this.books.run('rights');
  }

  @Get('rates')
  @Cacheable({ type: 'rates', ttl: '1h', scope: 'global' })
  rates(): Promise<object> {
    return this.books.run('rates');
  }

  @Get('open')
  @Cacheable({ type: 'open', ttl: '1h' })
  open(): Promise<object> {
    return this.books.run('open');
  }

  @Get('gone')
  @Cacheable({ type: 'gone', ttl: '1h', scope: 'global' })
  async gone(): Promise<object> {
    if (this.books.runs.includes('gone')) throw new NotFoundException();
    return this.books.run('gone');
  }

  @Get('impatient')
  @Cacheable({ type: 'impatient', ttl: '1h', grace: '1d', softTimeout: 1, scope: 'global' })
  impatient(): Promise<object> {
    return this.books.run('impatient');
  }

  @Get('live')
  live(): Promise<object> {
    return this.books.run('live');
  }

  @Post('postings')
  @CacheEvict({ company: (request: { query: { companyId: string } }) => request.query.companyId })
  post(): object {
    return {};
  }
}

export interface BooksAppOptions extends ReportAppOptions {
  warmUp?: WarmUpOptions;
}

/** An app with reports behind a guard, and what its tests look at. */
export async function startBooksApp(adapter: AdapterName, options: BooksAppOptions = {}) {
  const { warmUp = { identify: () => ROBOT }, cache, ...others } = options;
  const books = new Books();
  const report = await startReportApp({
    adapter,
    controllers: [Reports],
    providers: [{ provide: Books, useValue: books }],
    cache: { warmUp, performance: { flushEvery: '1h' }, ...cache },
    ...others,
    configure: (app) => {
      app.useGlobalGuards(new DoorGuard());
      others.configure?.(app);
    },
  });
  books.clock = report.clock;
  const { app, url, clock } = report;
  const database = app.get(Database, { strict: false });
  return {
    ...report,
    books,
    warmUp: app.get(WarmUpService, { strict: false }),
    cache: app.get(CacheService, { strict: false }),
    log: app.get(PerformanceLogService, { strict: false }),
    ask: (path: string, request: HttpOptions = ALICE) => http(`${url}/reports/${path}`, request),
    /** All that is cached is out of date; the source was asked for nothing yet. */
    expire: () => {
      clock.advance(2 * HOUR);
      books.runs.length = 0;
    },
    rows: <Row = Record<string, unknown>>(sql: string) =>
      database.read((_manager, connection) => connection.all<Row>(sql)),
    change: (sql: string) => database.write((_manager, connection) => connection.run(sql)),
  };
}
