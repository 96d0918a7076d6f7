import { type DynamicModule, Module } from '@nestjs/common';
import {
  ReportsCacheDashboardModule,
  ReportsCacheMetricsModule,
  ReportsCacheModule,
} from 'nestjs-reports-cache';
import { AdminGuard } from './auth/admin.guard.js';
import { EARLY_BIRD } from './auth/users.js';
import { cacheDatabase } from './cache-database.js';
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
          database: cacheDatabase(settings),
          // The ERP's driver works on libuv's four threads, which the cache's own reads need as well.
          sourceConcurrency: 2,
          // Of a hundred hits one is compared with the ledger, behind its answer.
          shadowCheck: { share: 0.01 },
          warmUp: {
            identify: () => EARLY_BIRD,
            cron: '0 6 * * *',
            afterInvalidation: { delay: settings.warmUpAfter },
            // Also the reports of a ledger of four years, which are quick.
            minCost: 1,
          },
        }),
        ReportsCacheDashboardModule.forRoot({ guards: [AdminGuard], title: 'Superstore reports' }),
        ReportsCacheMetricsModule.forRoot(),
        ErpModule.forLedger(settings.ledgerPath),
        ReportsModule,
        OrdersModule,
        HealthModule,
      ],
    };
  }
}
