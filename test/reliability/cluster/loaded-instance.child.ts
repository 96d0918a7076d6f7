import { ReportsCacheModule, type ReportsCacheOptions } from '../../../src/index.js';
import { runLoadedApp } from '../shutdown/loaded-app.js';
import { closeUndrained } from '../shutdown/undrained.js';

const [name, adapter, options, mutant] = process.argv.slice(2) as [
  string,
  string,
  string,
  string | undefined,
];
if (mutant === 'destroy without drain') closeUndrained();
await runLoadedApp(adapter, ReportsCacheModule.forRoot(JSON.parse(options) as ReportsCacheOptions), name);
