import 'reflect-metadata';
import { Controller, Get, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cacheable, CacheEvict, ReportsCacheModule } from '../../src/index.js';

// An app with slow reports, whose source can be held up: its children are asked for over HTTP.
const [path, canWarmUp] = process.argv.slice(2) as [string, 'yes' | 'no'];

let gate: Promise<void> = Promise.resolve();
let open: () => void = () => undefined;

@Controller()
class Reports {
  @Get('balance')
  @Cacheable({ type: 'balance', ttl: '1h', params: ['companyId'] })
  async balance(@Query('companyId') companyId: string): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await gate;
    return { companyId };
  }

  @Post('postings')
  @CacheEvict()
  post(): object {
    return {};
  }

  @Post('shut')
  shut(): object {
    gate = new Promise((resolve) => (open = resolve));
    return {};
  }

  @Post('open')
  open(): object {
    open();
    return {};
  }
}

class App {}

const cache = ReportsCacheModule.forRoot({
  database: { path },
  processes: { pollEvery: '50ms' },
  ...(canWarmUp === 'yes' && { warmUp: { minCost: '1ms' } }),
});
const app = await NestFactory.create(
  { module: App, imports: [cache], controllers: [Reports] },
  { logger: false },
);
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.send!(await app.getUrl());
