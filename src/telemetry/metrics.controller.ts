import {
  Controller,
  Get,
  Header,
  UseGuards,
  VERSION_NEUTRAL,
  type CanActivate,
  type Type,
} from '@nestjs/common';
import { PROMETHEUS_CONTENT_TYPE } from './prometheus-names.js';
import { ReportsCacheMetrics } from './reports-cache-metrics.js';

/** A controller on this path; Nest takes paths and guards from decorators alone. */
export function metricsController(path: string, guards: readonly (Type<CanActivate> | CanActivate)[]): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(...guards)
  class ReportsCacheMetricsController {
    constructor(private readonly metrics: ReportsCacheMetrics) {}

    @Get()
    @Header('Content-Type', PROMETHEUS_CONTENT_TYPE)
    @Header('Cache-Control', 'no-store')
    scrape(): Promise<string> {
      return this.metrics.text();
    }
  }
  return ReportsCacheMetricsController;
}
