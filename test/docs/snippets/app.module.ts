import { Module } from '@nestjs/common';
import { ReportsCacheModule } from 'nestjs-reports-cache';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

@Module({
  imports: [ReportsCacheModule.forRoot({ isGlobal: true, database: { path: 'data/reports-cache.sqlite' } })],
  controllers: [ReportsController],
  providers: [ReportsService],
})
export class AppModule {}
