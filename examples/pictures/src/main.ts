import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SimulatedClock } from './simulated-clock.js';
import { END_OF_WEEK, liveThroughAWeek, SimulatedBooks } from './simulated-week.js';
import { startApp } from './start-app.js';
import { takePictures } from './take-pictures.js';

// "Today" begins at midnight of the server's time zone, wherever the pictures are taken.
process.env['TZ'] = 'UTC';

const pictures = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'reports-cache-pictures-'));
const clock = new SimulatedClock(Date.UTC(2026, 2, 2));
const books = new SimulatedBooks();

mkdirSync(pictures, { recursive: true });
const app = await startApp(folder, clock, books);
try {
  await liveThroughAWeek(app, clock, books);
  await takePictures(`${await app.getUrl()}/reports-cache`, pictures, END_OF_WEEK);
  console.log(`Pictures of a simulated week are in ${pictures}`);
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
