import 'reflect-metadata';
import type { Figure } from './growth.js';
import { plant } from './leaks.js';
import { Load } from './load.js';
import { takeSample } from './sample.js';
import { startSoakApp } from './soak-app.js';

const [driver, path, seconds, sampleEvery, ...leaks] = process.argv.slice(2) as [
  'sqlite' | 'better-sqlite3',
  string,
  string,
  string,
  ...Figure[],
];

const app = await startSoakApp(driver, path);
const load = new Load(app, await app.getUrl(), plant(app, leaks));
const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1_000;

while (elapsed() < Number(seconds)) {
  await load.run(Number(sampleEvery) * 1_000);
  process.send!(await takeSample(app, load.operations, elapsed()));
}
await app.close();
process.disconnect();
// Nothing of the module keeps the process alive any more; what was planted does.
if (leaks.length > 0) process.exit();
