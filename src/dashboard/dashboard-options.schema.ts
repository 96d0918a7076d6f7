import type { CanActivate, Type } from '@nestjs/common';
import { z } from 'zod';
import { InvalidOptionsError } from '../common/errors.js';
import {
  NO_GUARDS,
  type DashboardRouteOptions,
  type DashboardViewOptions,
  type ResolvedRouteOptions,
  type ResolvedViewOptions,
} from './dashboard-options.js';

const guard = z.custom<Type<CanActivate> | CanActivate>(isGuard, {
  error: 'must be a guard: a class with a method canActivate, or an instance of one',
});

const guards = z.union([z.array(guard).min(1), z.literal(NO_GUARDS)], {
  error: `must be a list of at least one guard, such as [AdminGuard]; '${NO_GUARDS}' leaves the dashboard open to everybody`,
});

const path = z
  .string()
  .transform((text) => text.replace(/^\/+|\/+$/g, ''))
  .refine((text) => /^[\w.~-]+(\/[\w.~-]+)*$/.test(text), {
    error: `must be a path such as 'reports-cache' or 'admin/reports-cache'`,
  });

const routeOptions = z.strictObject({
  path: path.prefault('reports-cache'),
  guards,
  readOnly: z.boolean().default(false),
});

const language = z.string().refine(isLanguage, { error: `must be a language tag such as 'en' or 'de-AT'` });

const viewOptions = z.strictObject({
  title: z.string().min(1).max(100).default('Reports cache'),
  language: language.default('en'),
  showPayloads: z.boolean().default(false),
});

/** @throws {InvalidOptionsError} naming every fault at once. */
export function resolveRouteOptions({ path, guards, readOnly }: DashboardRouteOptions): ResolvedRouteOptions {
  const resolved = parse(routeOptions, { path, guards, readOnly });
  return { ...resolved, guards: resolved.guards === NO_GUARDS ? [] : resolved.guards };
}

/** @throws {InvalidOptionsError} naming every fault at once. */
export function resolveViewOptions(options: DashboardViewOptions = {}): ResolvedViewOptions {
  return parse(viewOptions, options);
}

function parse<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new InvalidOptionsError(result.error.issues.flatMap(describe), 'ReportsCacheDashboardModule');
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key} is not an option`);
  return [`${issue.path.join('.')} ${issue.message}`];
}

function isGuard(value: unknown): boolean {
  const candidate = typeof value === 'function' ? (value.prototype as unknown) : value;
  return typeof (candidate as Partial<CanActivate> | null | undefined)?.canActivate === 'function';
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
