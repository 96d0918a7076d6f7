/** The resolved options, every default filled in. */
export const REPORTS_CACHE_OPTIONS = Symbol.for('nestjs-reports-cache:options');

/** The cache's own TypeORM `DataSource`; `null` when its driver package is not installed. */
export const REPORTS_CACHE_DATA_SOURCE = Symbol.for('nestjs-reports-cache:data-source');

/** The clock of the module; override it in tests. */
export const REPORTS_CACHE_CLOCK = Symbol.for('nestjs-reports-cache:clock');

/** What is set while the app runs: a `RuntimePolicy`. @internal */
export const RUNTIME_POLICY = Symbol.for('nestjs-reports-cache:runtime-policy');
