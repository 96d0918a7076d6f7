import { ReportsCacheModule } from '../../../src/index.js';
import { runLoadedApp } from './loaded-app.js';
import { closeUndrained } from './undrained.js';

closeUndrained();
const [adapter, type, path] = process.argv.slice(2) as [string, 'sqlite' | 'better-sqlite3', string];
await runLoadedApp(adapter, ReportsCacheModule.forRoot({ database: { type, path } }));
