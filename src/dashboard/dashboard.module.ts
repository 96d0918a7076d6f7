import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InvalidOptionsError } from '../common/errors.js';
import { ModuleLogger } from '../common/module-logger.js';
import { DashboardApi } from './dashboard-api.js';
import {
  DASHBOARD_ROUTES,
  DASHBOARD_VIEW,
  type DashboardRouteOptions,
  type DashboardViewOptions,
  type ResolvedRouteOptions,
  type ReportsCacheDashboardOptions,
} from './dashboard-options.js';
import { resolveRouteOptions, resolveViewOptions } from './dashboard-options.schema.js';
import { DashboardServices } from './dashboard-services.js';
import { ConfigurableModuleClass, RAW_VIEW_OPTIONS } from './dashboard.module-definition.js';
import { DashboardHttp } from './http/dashboard-http.js';
import { createDashboardController } from './http/dashboard.controller.js';
import { OPENAPI, describeRoutes } from './http/openapi.js';

/** What `ReportsCacheDashboardModule.forRootAsync()` takes: the routes at once, the rest from a provider. */
export type ReportsCacheDashboardAsyncOptions = Parameters<typeof ConfigurableModuleClass.forRootAsync>[0] &
  DashboardRouteOptions;

/**
 * A page, and a JSON API beneath it, on which the people who run the app see what the cache does and act on it. It
 * stands beside `ReportsCacheModule` in the same app, once. Its routes are never answered from the cache.
 */
@Module({})
export class ReportsCacheDashboardModule implements OnModuleInit {
  constructor(
    private readonly services: DashboardServices,
    private readonly modules: ModulesContainer,
    @Inject(DASHBOARD_ROUTES) private readonly routes: ResolvedRouteOptions,
  ) {}

  /** @throws {InvalidOptionsError} naming every fault at once, missing guards above all. */
  static forRoot(options: ReportsCacheDashboardOptions): DynamicModule {
    const { path, guards, readOnly, imports, ...view } = options ?? {};
    return toModule(ConfigurableModuleClass.forRoot(view), { path, guards, readOnly, imports });
  }

  /** @throws as {@link forRoot}; what the factory returns is looked at when the app starts. */
  static forRootAsync(options: ReportsCacheDashboardAsyncOptions): DynamicModule {
    return toModule(ConfigurableModuleClass.forRootAsync(options), options);
  }

  /** @throws {InvalidOptionsError} when there is no cache to show, or a second dashboard. */
  onModuleInit(): void {
    this.services.requireCache();
    const dashboards = [...this.modules.values()].filter(
      ({ metatype }) => metatype === ReportsCacheDashboardModule,
    );
    if (dashboards.length > 1) {
      throw new InvalidOptionsError(
        [`it is imported ${dashboards.length} times: import it once`],
        'ReportsCacheDashboardModule',
      );
    }
    if (this.routes.guards.length === 0) warnOfOpenDashboard(this.routes.path);
  }
}

function toModule(definition: DynamicModule, options: DashboardRouteOptions): DynamicModule {
  const routes = resolveRouteOptions(options);
  const controller = createDashboardController(routes);
  return {
    module: ReportsCacheDashboardModule,
    imports: [...new Set([...(definition.imports ?? []), ...(options.imports ?? [])])],
    controllers: [controller],
    providers: [
      ...(definition.providers ?? []),
      { provide: DASHBOARD_ROUTES, useValue: routes },
      {
        provide: DASHBOARD_VIEW,
        inject: [RAW_VIEW_OPTIONS],
        useFactory: (view: DashboardViewOptions) => resolveViewOptions(view),
      },
      { provide: OPENAPI, useFactory: () => describeRoutes(controller, routes) },
      DashboardServices,
      DashboardApi,
      DashboardHttp,
    ],
  };
}

function warnOfOpenDashboard(path: string): void {
  new ModuleLogger().warn(
    `The dashboard at /${path} has no guards: whoever can reach it sees who reads which report, and can empty the cache`,
  );
}
