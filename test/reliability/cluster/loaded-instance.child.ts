import { ReportsCacheModule, type ReportsCacheOptions } from '../../../src/index.js';
import { ReportsCacheLifecycle } from '../../../src/reports-cache.lifecycle.js';
import { runLoadedApp, tell } from '../shutdown/loaded-app.js';
import { closeUndrained } from '../shutdown/undrained.js';

const [name, adapter, options, mutant] = process.argv.slice(2) as [
  string,
  string,
  string,
  string | undefined,
];
/** The server is shared, and its lock on drops and replacements as well: each has a share of what one app alone does. */
const load = { name, flows: 4, burst: 768 };

if (mutant === 'destroy without drain') closeUndrained();
measureDraining();
await runLoadedApp(adapter, ReportsCacheModule.forRoot(JSON.parse(options) as ReportsCacheOptions), load);

function measureDraining(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the lifecycle it belongs to
  const { onApplicationShutdown } = ReportsCacheLifecycle.prototype;
  let isMeasured = false;
  ReportsCacheLifecycle.prototype.onApplicationShutdown = async function (): Promise<void> {
    const start = performance.now();
    await onApplicationShutdown.call(this);
    if (!isMeasured) tell({ drainedMs: performance.now() - start });
    isMeasured = true;
  };
}
