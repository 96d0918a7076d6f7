import type { Type } from '@nestjs/common';
import type * as swagger from '@nestjs/swagger';
import { z } from 'zod';
import { ACTIONS } from '../api/actions.js';
import { ACTION_HEADER, type ActionName, type ViewName } from '../api/contract.js';
import { actionBodies } from '../api/inputs.schema.js';
import { VIEWS } from '../api/views.js';
import { actionResult, problem } from '../api/views.schema.js';
import type { ResolvedRouteOptions } from '../dashboard-options.js';
import { dashboardRoutes, type DashboardRoute } from './dashboard.controller.js';

/** The provider that describes the routes: made with the app, before it makes an OpenAPI document. */
export const OPENAPI = Symbol('nestjs-reports-cache:dashboard-openapi');

type Swagger = typeof swagger;
type Decorator = MethodDecorator;

const TAG = 'reports cache';

/** Describes the API for OpenAPI where the app has `@nestjs/swagger`; does nothing where it has not. */
export async function describeRoutes(
  controller: Type<unknown>,
  options: ResolvedRouteOptions,
): Promise<void> {
  const swagger = await loadSwagger();
  if (swagger === undefined) return;
  for (const route of dashboardRoutes(options)) describeRoute(swagger, controller, route);
}

/** A package that is not installed is no fault; neither is one that this version of Nest cannot load. */
async function loadSwagger(): Promise<Swagger | undefined> {
  try {
    return await import('@nestjs/swagger');
  } catch {
    return undefined;
  }
}

function describeRoute(swagger: Swagger, controller: Type<unknown>, { name }: DashboardRoute): void {
  const prototype = controller.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  for (const decorate of decoratorsOf(swagger, name)) decorate(prototype, name, descriptor);
}

/** The page and its files are no part of the API. */
function decoratorsOf(swagger: Swagger, name: string): Decorator[] {
  if (Object.hasOwn(VIEWS, name)) return viewDecorators(swagger, name as ViewName);
  if (Object.hasOwn(ACTIONS, name)) return actionDecorators(swagger, name as ActionName);
  return [swagger.ApiExcludeEndpoint()];
}

function viewDecorators(swagger: Swagger, name: ViewName): Decorator[] {
  const { summary, query, answer } = VIEWS[name];
  return [
    swagger.ApiTags(TAG),
    swagger.ApiOperation({ summary, operationId: `reportsCache_${name}` }),
    ...queryDecorators(swagger, query),
    ...answerDecorators(swagger, answer, [400, 404, 503]),
  ];
}

function actionDecorators(swagger: Swagger, name: ActionName): Decorator[] {
  return [
    swagger.ApiTags(TAG),
    swagger.ApiOperation({ summary: ACTIONS[name].summary, operationId: `reportsCache_${name}` }),
    swagger.ApiHeader({ name: ACTION_HEADER, required: true, schema: { type: 'string', enum: ['1'] } }),
    swagger.ApiBody({ schema: toSchema(actionBodies[name], 'input') }),
    ...answerDecorators(swagger, actionResult, [400, 403, 404, 503]),
  ];
}

function queryDecorators(swagger: Swagger, query: z.ZodType): Decorator[] {
  const { properties = {}, required = [] } = toSchema(query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) =>
    swagger.ApiQuery({ name, schema, required: required.includes(name) }),
  );
}

function answerDecorators(swagger: Swagger, answer: z.ZodType, problems: readonly number[]): Decorator[] {
  return [
    swagger.ApiResponse({ status: 200, description: 'Done', schema: toSchema(answer, 'output') }),
    ...problems.map((status) =>
      swagger.ApiResponse({ status, description: 'A problem', schema: toSchema(problem, 'output') }),
    ),
  ];
}

/** OpenAPI 3.0, as Nest writes it; it has no word for half the zod checks, which are left out. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const described = z.toJSONSchema(schema, { target: 'openapi-3.0', io, unrepresentable: 'any' });
  return { ...described, $schema: undefined };
}
