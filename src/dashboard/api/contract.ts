import type { z } from 'zod';
import type * as figures from './figures.schema.js';
import type * as inputs from './inputs.schema.js';
import type * as views from './views.schema.js';

/**
 * The dashboard's JSON API. Routes are relative to the dashboard's path; views are GET, their input the query; actions
 * are POST, their input a JSON object. Times are epoch milliseconds, durations milliseconds, sizes bytes.
 */
export const VIEW_PATHS = {
  settings: 'api/settings',
  overview: 'api/overview',
  types: 'api/types',
  companies: 'api/companies',
  users: 'api/users',
  entries: 'api/entries',
  /** One entry, by its key. 404 when it is gone. */
  entry: 'api/entry',
  /** The audit rows, the newest first. */
  activity: 'api/activity',
} as const;

/** `POST api/actions/<action>`. Absent when the module is `readOnly`. */
export const ACTIONS_PATH = 'api/actions';

/** Every action must carry it, with the value `1`: no form and no other site can send it without being asked first. */
export const ACTION_HEADER = 'x-reports-cache-action';

/**
 * The page's own files, those of `src/dashboard/page/`: `assets/<file>` and `assets/<folder>/<file>`, with `assets/uplot.js`
 * (an ES module) and `assets/uplot.css` from uPlot. The page itself is `index.html`, in which the server writes, as HTML
 * text, `{{language}}` and `{{base}}`: what addresses begin with, as in `{{base}}/assets/app.js`, for the page's own has
 * no slash at its end. Modules find the API by `new URL('../api/', import.meta.url)`.
 */
export const ASSETS_PATH = 'assets';

export type ViewName = keyof typeof VIEW_PATHS;
export type ActionName = keyof typeof inputs.actionBodies;

/** What each view takes, as it is sent: everything with a default may be left out. */
export interface ViewQueries {
  settings: z.input<typeof inputs.noInput>;
  overview: z.input<typeof inputs.overviewQuery>;
  types: z.input<typeof inputs.typesQuery>;
  companies: z.input<typeof inputs.companiesQuery>;
  users: z.input<typeof inputs.usersQuery>;
  entries: z.input<typeof inputs.entriesQuery>;
  entry: z.input<typeof inputs.entryQuery>;
  activity: z.input<typeof inputs.activityQuery>;
}

/** What each view answers with. */
export interface Views {
  settings: SettingsView;
  overview: OverviewView;
  types: TypesView;
  companies: CompaniesView;
  users: UsersView;
  entries: EntriesView;
  entry: EntryView;
  activity: ActivityView;
}

/** The body of each action. All answer with an {@link ActionResult}, 200. */
export type ActionBodies = { [Name in ActionName]: z.input<(typeof inputs.actionBodies)[Name]> };

export type Range = z.infer<typeof figures.range>;
export type Quantiles = z.infer<typeof figures.quantiles>;
export type OutcomeCounts = z.infer<typeof figures.outcomeCounts>;
export type TimeSaved = z.infer<typeof figures.timeSaved>;
export type Traffic = z.infer<typeof figures.traffic>;
export type MissReasonName = z.infer<typeof figures.missReason>;
export type MissesByReason = z.infer<typeof figures.missesByReason>;

export type SettingsView = z.infer<typeof views.settingsView>;
export type SeriesPoint = z.infer<typeof views.seriesPoint>;
export type StoreView = z.infer<typeof views.storeView>;
export type WatermarksView = z.infer<typeof views.watermarksView>;
export type WarmUpView = z.infer<typeof views.warmUpView>;
export type ShadowView = z.infer<typeof views.shadowView>;
export type HealthPoint = z.infer<typeof views.healthPoint>;
export type OverviewView = z.infer<typeof views.overviewView>;
export type TypeRow = z.infer<typeof views.typeRow>;
export type TypesView = z.infer<typeof views.typesView>;
export type CompanyRow = z.infer<typeof views.companyRow>;
export type CompaniesView = z.infer<typeof views.companiesView>;
export type UserRow = z.infer<typeof views.userRow>;
export type UsersView = z.infer<typeof views.usersView>;
export type EntryRow = z.infer<typeof views.entryRow>;
export type EntriesView = z.infer<typeof views.entriesView>;
export type EntryView = z.infer<typeof views.entryView>;
export type AuditTarget = z.infer<typeof views.auditTarget>;
export type AuditRow = z.infer<typeof views.auditRow>;
export type ActivityView = z.infer<typeof views.activityView>;
export type ActionResult = z.infer<typeof views.actionResult>;

/** The body of every answer that is no 200: 400 `BAD_INPUT`, 403 `CROSS_SITE`, 404, 503 `STORE_UNAVAILABLE`, 500. */
export type Problem = z.infer<typeof views.problem>;
