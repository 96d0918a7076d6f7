/** The resolved options, every default filled in. */
export const REPORTS_CACHE_OPTIONS = Symbol.for('nestjs-reports-cache:options');

/** The cache's own TypeORM `DataSource`; `null` when its driver package is not installed. */
export const REPORTS_CACHE_DATA_SOURCE = Symbol.for('nestjs-reports-cache:data-source');

/** The clock of the module; override it in tests. */
export const REPORTS_CACHE_CLOCK = Symbol.for('nestjs-reports-cache:clock');

/** Where the rooms tell what happens: a `Telemetry`. @internal */
export const TELEMETRY = Symbol.for('nestjs-reports-cache:telemetry');

/** An `EntryRefresher`; absent where nobody can run a report again. @internal */
export const REPORTS_CACHE_ENTRY_REFRESHER = Symbol.for('nestjs-reports-cache:entry-refresher');

/** What is set while the app runs: a `RuntimePolicy`. @internal */
export const RUNTIME_POLICY = Symbol.for('nestjs-reports-cache:runtime-policy');

/** Which jobs this process does for all that share its store: a `JobTurns`. @internal */
export const JOB_TURNS = Symbol.for('nestjs-reports-cache:job-turns');

/** By which the store tells of news: a `NoticeChannel`. @internal */
export const NOTICE_CHANNEL = Symbol.for('nestjs-reports-cache:notice-channel');
