import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { InvalidRouteError } from '../common/errors.js';
import { planRoute, type RoutePlan } from './route-plan.js';
import { RouteWarnings } from './route-warnings.js';
import type { Route } from './route.js';

/** The plans of the app's routes, made once. */
@Injectable()
export class RoutePlans {
  private readonly plans = new WeakMap<Route['controller'], Map<Route['handler'], RoutePlan>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly warnings: RouteWarnings,
  ) {}

  /** @throws {InvalidRouteError} naming every fault of every route at once. */
  checkAll(): void {
    const faults = this.routes().flatMap((route) => {
      const { plan, faults } = this.add(route);
      return faults.map((fault) => `${plan.route}: ${fault}`);
    });
    if (faults.length > 0) throw new InvalidRouteError(faults);
  }

  /** The kinds of reports that the routes checked so far answer. */
  types(): string[] {
    return this.routes().flatMap(
      ({ controller, handler }) => this.of(controller, handler).cacheable?.type ?? [],
    );
  }

  /** The plan of a route; made on the way for a route that a lazily loaded module brought later. */
  of(controller: Route['controller'], handler: Route['handler']): RoutePlan {
    return (
      this.plans.get(controller)?.get(handler) ??
      this.addLate({ controller, handler, methodName: handler.name })
    );
  }

  /** The app runs by now, and a wrong decorator costs it a warning. */
  private addLate(route: Route): RoutePlan {
    const { plan, faults } = this.add(route);
    if (faults.length > 0) this.warnings.declaredWrongly(plan.route, faults);
    return plan;
  }

  private add(route: Route): ReturnType<typeof planRoute> {
    const planned = planRoute(route);
    const ofController = this.plans.get(route.controller) ?? new Map<Route['handler'], RoutePlan>();
    this.plans.set(route.controller, ofController.set(route.handler, planned.plan));
    return planned;
  }

  private routes(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const controller = metatype as Route['controller'];
      const prototype = controller.prototype as Record<string, Route['handler']>;
      return this.scanner.getAllMethodNames(prototype).map((methodName) => ({
        controller,
        methodName,
        handler: prototype[methodName] as Route['handler'],
      }));
    });
  }
}
