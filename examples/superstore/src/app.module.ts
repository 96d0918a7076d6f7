import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { ReportsCacheModule } from 'nestjs-reports-cache';
import { ErpModule } from './erp/erp.module.js';
import { HealthModule } from './health/health.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { type Settings } from './settings.js';

@Module({})
export class AppModule {
  static forSettings(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ReportsCacheModule.forRoot({
          isGlobal: true,
          database: { path: join(settings.cacheFolder, 'reports-cache.sqlite') },
          // The ERP's driver works on libuv's four threads, which the cache's own reads need as well.
          sourceConcurrency: 2,
        }),
        ErpModule.forLedger(settings.ledgerPath),
        ReportsModule,
        OrdersModule,
        HealthModule,
      ],
    };
  }
}
