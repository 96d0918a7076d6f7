import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ReportsCacheModule, type ReportsCacheOptions } from '../../../src/index.js';
import { CacheableRoute } from '../../../src/http/cacheable-route.js';
import type { Asked } from '../../../src/http/exchange.js';
import type { Visit } from '../../../src/http/visit.js';
import { Payslips } from '../../freshness/isolation.js';

@Module({ controllers: [Payslips] })
class AppModule {}

const [options, mutant] = process.argv.slice(2) as [string, string | undefined];
if (mutant === 'key without user') forgetUsers();
const cache = ReportsCacheModule.forRoot(JSON.parse(options) as ReportsCacheOptions);
const app = await NestFactory.create({ module: AppModule, imports: [cache] }, { logger: false });
await app.listen(0, '127.0.0.1');
process.send!({ url: await app.getUrl() });

/** The mutant: what finds an answer is its URL alone. */
function forgetUsers(): void {
  const route = CacheableRoute.prototype as unknown as { admit: (asked: Asked) => Visit };
  const { admit } = route;
  route.admit = function (this: CacheableRoute, asked: Asked): Visit {
    const visit = admit.call(this, asked);
    return { ...visit, entry: { ...visit.entry, key: asked.request.url, username: null } };
  };
}
