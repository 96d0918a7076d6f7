import { Module } from '@nestjs/common';
import { ReportsCacheDashboardModule } from 'nestjs-reports-cache';
import { AdminGuard } from './admin.guard.js';

@Module({ imports: [ReportsCacheDashboardModule.forRoot({ guards: [AdminGuard] })] })
export class OperationsModule {}
