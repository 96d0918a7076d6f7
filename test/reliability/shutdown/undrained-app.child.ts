import { ReportsCacheModule } from '../../../src/index.js';
import { ReportsCacheLifecycle } from '../../../src/reports-cache.lifecycle.js';
import { WriteGate } from '../../../src/storage/writes/write-gate.js';
import { runLoadedApp } from './loaded-app.js';

/** The mutant: closes the file at once, under the writes that wait for it and without what waits in memory. */
WriteGate.prototype.close = async function (this: WriteGate): Promise<void> {
  Object.assign(this, { closed: true });
};
ReportsCacheLifecycle.prototype.onApplicationShutdown = function (
  this: ReportsCacheLifecycle,
): Promise<void> {
  return this['database'].close();
};

const [adapter, type, path] = process.argv.slice(2) as [string, 'sqlite' | 'better-sqlite3', string];
await runLoadedApp(adapter, ReportsCacheModule.forRoot({ database: { type, path } }));
