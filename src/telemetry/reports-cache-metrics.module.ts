import { Module, type CanActivate, type DynamicModule, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { InvalidOptionsError } from '../common/errors.js';
import { metricsController } from './metrics.controller.js';
import { ReportsCacheMetrics } from './reports-cache-metrics.js';

export interface ReportsCacheMetricsOptions {
  /**
   * Where Prometheus scrapes, below the app's global prefix. Default `'metrics'`. `false`: no route, for an app that
   * adds the metrics to its own by {@link ReportsCacheMetrics.registerIn}.
   */
  path?: string | false;
  /**
   * Who may scrape: guards as `@UseGuards()` takes them, beside the app's global ones. Default: none, so that whoever
   * reaches the route sees types of reports and how often they are asked for; never a company, a user or a key.
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
}

/** An endpoint for Prometheus. Needs `ReportsCacheModule` in the app, and the package `prom-client`. */
@Module({})
export class ReportsCacheMetricsModule {
  /** @throws {InvalidOptionsError} naming every fault at once. */
  static forRoot(options: ReportsCacheMetricsOptions = {}): DynamicModule {
    const { path = 'metrics', guards = [] } = options;
    refuseFaults({ ...options, path, guards });
    return {
      module: ReportsCacheMetricsModule,
      controllers: path === false ? [] : [metricsController(path, guards)],
      providers: [
        {
          provide: ReportsCacheMetrics,
          inject: [ModuleRef],
          useFactory: (moduleRef: ModuleRef) => new ReportsCacheMetrics(moduleRef),
        },
      ],
      exports: [ReportsCacheMetrics],
    };
  }
}

function refuseFaults({ path, guards, ...others }: Required<ReportsCacheMetricsOptions>): void {
  const faults = [
    ...(path === false || (typeof path === 'string' && path !== '')
      ? []
      : ["ReportsCacheMetricsModule: path must be a path such as 'metrics', or false"]),
    ...(Array.isArray(guards) && guards.every(isGuard)
      ? []
      : ['ReportsCacheMetricsModule: guards must be a list of guards, classes or instances']),
    ...Object.keys(others).map((name) => `ReportsCacheMetricsModule: ${name} is not an option`),
  ];
  if (faults.length > 0) throw new InvalidOptionsError(faults);
}

function isGuard(guard: unknown): boolean {
  if (typeof guard === 'function') return true;
  return typeof (guard as Partial<CanActivate> | null)?.canActivate === 'function';
}
