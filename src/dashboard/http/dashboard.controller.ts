import {
  Controller,
  Get,
  Inject,
  Post,
  Req,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { ACTIONS_PATH, ASSETS_PATH, VIEW_PATHS, type ActionName, type ViewName } from '../api/contract.js';
import { actionBodies } from '../api/inputs.schema.js';
import type { ResolvedRouteOptions } from '../dashboard-options.js';
import { DashboardHttp, type DashboardRequest } from './dashboard-http.js';

/** One route of the dashboard, as the table lists it. */
export interface DashboardRoute {
  /** The name of its method on the controller. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Relative to the dashboard's path. */
  readonly path: string;
  handle(http: DashboardHttp, request: DashboardRequest, response: unknown): void | Promise<void>;
}

/** Every route there is under these options. */
export function dashboardRoutes({ readOnly }: Pick<ResolvedRouteOptions, 'readOnly'>): DashboardRoute[] {
  return [...PAGE_ROUTES, ...viewRoutes(), ...(readOnly ? [] : actionRoutes())];
}

const PAGE_ROUTES: readonly DashboardRoute[] = [
  { name: 'page', method: 'GET', path: '', handle: (http, ...exchange) => http.page(...exchange) },
  {
    name: 'asset',
    method: 'GET',
    path: `${ASSETS_PATH}/:file`,
    handle: (http, ...exchange) => http.asset(...exchange),
  },
  {
    name: 'assetInFolder',
    method: 'GET',
    path: `${ASSETS_PATH}/:folder/:file`,
    handle: (http, ...exchange) => http.asset(...exchange),
  },
];

function viewRoutes(): DashboardRoute[] {
  return (Object.keys(VIEW_PATHS) as ViewName[]).map((name) => ({
    name,
    method: 'GET',
    path: VIEW_PATHS[name],
    handle: (http, ...exchange) => http.view(name, ...exchange),
  }));
}

function actionRoutes(): DashboardRoute[] {
  return (Object.keys(actionBodies) as ActionName[]).map((name) => ({
    name,
    method: 'POST',
    path: `${ACTIONS_PATH}/${name}`,
    handle: (http, ...exchange) => http.action(name, ...exchange),
  }));
}

/**
 * A controller with a method for each route. It sends its answers itself, so that interceptors and filters of the app
 * that change answers leave these alone; the app's middleware and guards come before it, as before any route.
 */
export function createDashboardController(options: ResolvedRouteOptions): Type<unknown> {
  class ReportsCacheDashboardController {
    constructor(@Inject(DashboardHttp) readonly http: DashboardHttp) {}
  }
  for (const route of dashboardRoutes(options)) addRoute(ReportsCacheDashboardController, route);
  Controller({ path: options.path, version: VERSION_NEUTRAL })(ReportsCacheDashboardController);
  if (options.guards.length > 0) UseGuards(...options.guards)(ReportsCacheDashboardController);
  return ReportsCacheDashboardController;
}

function addRoute(controller: Type<{ readonly http: DashboardHttp }>, route: DashboardRoute): void {
  const { prototype } = controller as { prototype: object };
  const value = function (
    this: { readonly http: DashboardHttp },
    request: DashboardRequest,
    response: unknown,
  ): void | Promise<void> {
    return route.handle(this.http, request, response);
  };
  const descriptor = { value, configurable: true, writable: true };
  Object.defineProperty(prototype, route.name, descriptor);
  Req()(prototype, route.name, 0);
  Res()(prototype, route.name, 1);
  const Method = route.method === 'GET' ? Get : Post;
  Method(route.path)(prototype, route.name, descriptor);
}
