import type { z } from 'zod';
import type { ResolvedRouteOptions, ResolvedViewOptions } from '../dashboard-options.js';
import type { DashboardServices } from '../dashboard-services.js';
import type { ViewName, Views } from './contract.js';
import * as inputs from './inputs.schema.js';
import { activity } from './views/activity.view.js';
import { companies } from './views/companies.view.js';
import { entries, entry } from './views/entries.view.js';
import { overview } from './views/overview.view.js';
import { settings } from './views/settings.view.js';
import { types } from './views/types.view.js';
import { users } from './views/users.view.js';
import * as schemas from './views.schema.js';

/** What a view may know beside its query. */
export interface ViewContext {
  readonly services: DashboardServices;
  readonly routes: ResolvedRouteOptions;
  readonly view: ResolvedViewOptions;
  /** Who looks; `null`: nobody is named. */
  readonly username: string | null;
}

/** One view: what it takes, what it answers with, and how it is made. */
export interface View<Name extends ViewName, Query extends z.ZodObject = z.ZodObject> {
  readonly summary: string;
  readonly query: Query;
  readonly answer: z.ZodType<Views[Name]>;
  readonly read: (context: ViewContext, query: z.output<Query>) => Promise<Views[Name]>;
}

/** Every view of the API. */
export const VIEWS: { readonly [Name in ViewName]: View<Name, never> } = {
  settings: view<'settings', typeof inputs.noInput>({
    summary: 'What the dashboard may show and do',
    query: inputs.noInput,
    answer: schemas.settingsView,
    read: ({ services, routes, view, username }) => settings(services, routes, view, username),
  }),
  overview: view<'overview', typeof inputs.overviewQuery>({
    summary: 'What the cache does for its users, and how it is',
    query: inputs.overviewQuery,
    answer: schemas.overviewView,
    read: ({ services }, query) => overview(services, query),
  }),
  types: view<'types', typeof inputs.typesQuery>({
    summary: 'Reports by type',
    query: inputs.typesQuery,
    answer: schemas.typesView,
    read: ({ services }, query) => types(services, query),
  }),
  companies: view<'companies', typeof inputs.companiesQuery>({
    summary: 'Reports by company',
    query: inputs.companiesQuery,
    answer: schemas.companiesView,
    read: ({ services }, query) => companies(services, query),
  }),
  users: view<'users', typeof inputs.usersQuery>({
    summary: 'Users and their switches',
    query: inputs.usersQuery,
    answer: schemas.usersView,
    read: ({ services }, query) => users(services, query),
  }),
  entries: view<'entries', typeof inputs.entriesQuery>({
    summary: 'The stored entries, page by page',
    query: inputs.entriesQuery,
    answer: schemas.entriesView,
    read: ({ services }, query) => entries(services, query),
  }),
  entry: view<'entry', typeof inputs.entryQuery>({
    summary: 'One stored entry',
    query: inputs.entryQuery,
    answer: schemas.entryView,
    read: ({ services, view }, query) => entry(services, query, view),
  }),
  activity: view<'activity', typeof inputs.activityQuery>({
    summary: 'What was done by hand',
    query: inputs.activityQuery,
    answer: schemas.activityView,
    read: ({ services }, query) => activity(services, query),
  }),
};

/** Its query's type is needed while it is written down, and by nobody else. */
function view<Name extends ViewName, Query extends z.ZodObject>(
  definition: View<Name, Query>,
): View<Name, never> {
  return definition as View<Name, never>;
}
