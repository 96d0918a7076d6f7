import { ReportsCacheLifecycle } from '../../../src/reports-cache.lifecycle.js';
import { WriteGate } from '../../../src/storage/writes/write-gate.js';

/** The mutant: closes the store at once, under the writes that wait for it and without what waits in memory. */
export function closeUndrained(): void {
  WriteGate.prototype.close = async function (this: WriteGate): Promise<void> {
    Object.assign(this, { closed: true });
  };
  ReportsCacheLifecycle.prototype.onApplicationShutdown = function (
    this: ReportsCacheLifecycle,
  ): Promise<void> {
    return this['database'].close();
  };
}
