import { answerOnce } from '../harness/one-shot.js';
import { openLibrary, type Driver } from '../library.js';
import { answerCache } from '../stored-answers.js';

// Milliseconds from starting the module on an existing file to the first answer from it.
const [driver, path] = process.argv.slice(2) as [Driver, string];
const startedAt = performance.now();
const app = await openLibrary(driver, { database: { type: driver, path }, storeTimeout: '30s' });
await answerCache(app).get('entry:500');
answerOnce(performance.now() - startedAt);
