import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Cacheable, CacheEvict } from '../../../src/index.js';

interface EchoRequest {
  readonly params: unknown;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly routeOptions?: { readonly url?: string };
  readonly route?: { readonly path?: string };
}

/** The parameters of the route that declares some. */
const DECLARED = ['period', '__proto__', 'constructor', 'companyId'];

/** Runs on every request, hits included: says in a header what an answer to this request must say. */
@Injectable()
export class EchoGuard implements CanActivate {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const seen = Buffer.from(echoOf(http.getRequest<EchoRequest>())).toString('base64url');
    this.host.httpAdapter.setHeader(http.getResponse(), 'X-Seen', seen);
    return true;
  }
}

/** Reports that say what made them. */
@Controller('reports')
@UseGuards(EchoGuard)
export class EchoReports {
  @Get('all/:id')
  @Cacheable({ scope: 'global', headers: ['x-view'] })
  all(@Req() request: EchoRequest): string {
    return echoOf(request);
  }

  @Get('declared/:id')
  @Cacheable({ scope: 'global', headers: ['x-view'], params: DECLARED })
  declared(@Req() request: EchoRequest): string {
    return echoOf(request);
  }

  @Get('mine/:id')
  @Cacheable({ headers: ['x-view'] })
  mine(@Req() request: EchoRequest): string {
    return echoOf(request);
  }

  @Get('told/:id')
  @Cacheable({
    scope: ({ headers }: EchoRequest) => headers['x-view'],
    tags: ({ query }: EchoRequest) => Object.keys(query),
    company: ({ query }: EchoRequest) => query['companyId'],
    condition: ({ query }: EchoRequest) => {
      if (query['fail'] !== undefined) throw new Error(`no report for ${query['fail']}`);
      return true;
    },
  })
  told(@Req() request: EchoRequest): string {
    return echoOf(request);
  }

  @Post('evict/:id')
  @CacheEvict({
    type: 'EchoReports.told',
    company: ({ query }: EchoRequest) => query['companyId'],
    tags: ({ query }: EchoRequest) => Object.keys(query),
  })
  evict(@Req() request: EchoRequest): string {
    return echoOf(request);
  }
}

/** All that makes an answer of these routes, in one spelling. */
function echoOf({ params, query, headers, routeOptions, route }: EchoRequest): string {
  const pattern = routeOptions?.url ?? route?.path ?? '';
  const visible = Object.entries(query).filter(
    ([name]) => !pattern.includes('declared') || DECLARED.includes(name),
  );
  const user = pattern.includes('mine') ? headers['x-user'] : undefined;
  const fields = [pattern, { ...(params as object) }, visible.sort(byName), headers['x-view'], user];
  return JSON.stringify(fields);
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
