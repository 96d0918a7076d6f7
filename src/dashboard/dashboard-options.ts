import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';

/** Says that the dashboard shall stand open to whoever can reach it: for development. */
export const NO_GUARDS = 'none-i-know';

/** What decides which routes there are; known before any provider is made. */
export interface DashboardRouteOptions {
  /**
   * Where the dashboard is, below the app's global prefix. Default `'reports-cache'`. Letters, digits, `.`, `_`, `~`, `-`
   * and `/`.
   */
  path?: string;
  /**
   * Who may see it and, unless it is `readOnly`, do what it offers: guards of Nest, classes or instances, that all must
   * let a request pass. What they need is looked for in the modules of `imports`. Guards of the whole app come before
   * them, and do not stand in for them. `'none-i-know'` leaves it open to everybody, and a warning says so at each start.
   */
  guards: readonly (Type<CanActivate> | CanActivate)[] | typeof NO_GUARDS;
  /** Leave out every route that changes something. Default `false`. */
  readOnly?: boolean;
  /** Modules with what the guards need. */
  imports?: ModuleMetadata['imports'];
}

/** What the page shows. */
export interface DashboardViewOptions {
  /** The page's heading. Default `'Reports cache'`. */
  title?: string;
  /** The page's language, as a BCP 47 tag; English stands in for one it does not know. Default `'en'`. */
  language?: string;
  /**
   * Show the beginning of stored answers, to everybody whom the guards let pass: reports of any user and company.
   * Default `false`.
   */
  showPayloads?: boolean;
}

/** What `ReportsCacheDashboardModule.forRoot()` takes. */
export interface ReportsCacheDashboardOptions extends DashboardRouteOptions, DashboardViewOptions {}

/** The options with every default filled in. */
export interface ResolvedRouteOptions {
  /** Without a slash at its ends. */
  readonly path: string;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  readonly readOnly: boolean;
}

export type ResolvedViewOptions = Readonly<Required<DashboardViewOptions>>;

/** How the parts of the dashboard get at the options. */
export const DASHBOARD_ROUTES = Symbol('nestjs-reports-cache:dashboard-routes');
export const DASHBOARD_VIEW = Symbol('nestjs-reports-cache:dashboard-view');
