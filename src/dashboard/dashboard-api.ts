import { Inject, Injectable } from '@nestjs/common';
import { loggable } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import { act } from './api/actions.js';
import type { ActionName, ViewName } from './api/contract.js';
import { ApiProblem, toProblem } from './api/problem.js';
import { SingleReads } from './api/single-reads.js';
import { VIEWS } from './api/views.js';
import {
  DASHBOARD_ROUTES,
  DASHBOARD_VIEW,
  type ResolvedRouteOptions,
  type ResolvedViewOptions,
} from './dashboard-options.js';
import { DashboardServices } from './dashboard-services.js';

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  /** To be sent as JSON. */
  readonly body: unknown;
}

/** The JSON API without any HTTP framework: names and inputs go in, data comes out. */
@Injectable()
export class DashboardApi {
  private readonly logger = new ModuleLogger();
  private readonly reads = new SingleReads();

  constructor(
    private readonly services: DashboardServices,
    @Inject(DASHBOARD_ROUTES) private readonly routes: ResolvedRouteOptions,
    @Inject(DASHBOARD_VIEW) private readonly view: ResolvedViewOptions,
  ) {}

  /** @param input the query, as texts. @param username who asks; `null`: nobody is named. */
  read(name: ViewName, input: unknown, username: string | null): Promise<ApiAnswer> {
    return this.answering(name, async () => {
      const { query, read } = VIEWS[name];
      const parsed = (query as { parse(input: unknown): never }).parse({ ...(input as object) });
      const { services, routes, view } = this;
      const id = JSON.stringify([name, parsed, username]);
      return this.reads.of<unknown>(id, () => read({ services, routes, view, username }, parsed));
    });
  }

  /** @param input the parsed JSON body. */
  act(name: ActionName, input: unknown, username: string | null): Promise<ApiAnswer> {
    return this.answering(name, () => act(name, this.services, input, username));
  }

  private async answering(name: string, work: () => Promise<unknown>): Promise<ApiAnswer> {
    try {
      return { status: 200, body: await work() };
    } catch (error) {
      const problem = toProblem(error) ?? this.unexpected(name, error);
      return { status: problem.status, body: problem.body };
    }
  }

  private unexpected(name: string, error: unknown): ApiProblem {
    this.logger.warn(`The dashboard could not answer ${name}: ${loggable(error)}`);
    return new ApiProblem(500, 'FAILED', 'something went wrong; the log of the app says more');
  }
}
