import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { ADAPTERS } from '../../support/report-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { startBooks, STORE_TIMEOUT_MS } from './books-app.js';
import { NORMAL_WITHIN_MS } from './chaos-run.js';
import { missing, normalAfter, readFor } from './readers.js';
import { realFaults } from './real-faults.js';
import { remount, smallDisk } from './small-disk.js';

const startHolder = childProgram('test/reliability/store-faults/lock-holder.child.ts');
const faults = realFaults((args) => startHolder(args));

const MILLISECONDS = sized({ short: 1_500, long: 60_000 });

/** What a shared machine may add to a report by itself, beyond what it added while all was well. */
const ALLOWANCE_MS = 1_000;

/** For so long writes may go into a file that is not there any more; see docs/operations.md. */
const NOTICED_AFTER_MS = 1_000;

const drivers = { express: 'sqlite', fastify: 'better-sqlite3' } as const;

const cases = ADAPTERS.flatMap((adapter) => Object.keys(faults).map((fault) => [adapter, fault] as const));

test.each(cases)(
  'on %s every report is right and in time with %s',
  { timeout: TEST_TIMEOUT_MS },
  async (adapter, fault) => {
    const disk = smallDisk();
    if (disk === undefined) {
      process.stdout.write(`skipped: ${fault} needs the right to mount a tmpfs\n`);
      return;
    }
    const path = join(disk, 'cache', 'cache.sqlite');
    mkdirSync(join(disk, 'cache'));
    const books = await startBooks(adapter, { path, type: drivers[adapter] });
    const calm = await readFor(500, books, 1);
    const faultAt = performance.now();
    const end = await faults[fault]!(path);
    const during = await readFor(MILLISECONDS, books, 2);
    end();
    const normal = await normalAfter(books, NORMAL_WITHIN_MS);
    const after = await readFor(300, books, 3);
    await setTimeout(200);
    const noticed = [...during.acknowledged, ...after.acknowledged].filter(
      ({ sentAt }) => sentAt > faultAt + NOTICED_AFTER_MS,
    );
    const lost = await missing(
      books,
      noticed.map(({ key }) => key),
    );
    reportFigures(`4 real fault, ${adapter} and ${drivers[adapter]}, ${fault}`, {
      reports: during.reports + after.reports,
      wrong: during.wrong.length + after.wrong.length,
      'slowest ms': Math.max(...during.times, ...after.times),
      'normal after ms': normal,
      acknowledged: noticed.length,
      'and missing': lost.length,
      warnings: books.logger.warnings.length,
    });
    expect([...during.wrong, ...after.wrong]).toEqual([]);
    expect(lost).toEqual([]);
    expect(Math.max(...during.times, ...after.times)).toBeLessThan(
      Math.max(...calm.times) + STORE_TIMEOUT_MS + ALLOWANCE_MS,
    );
    expect(normal).toBeLessThan(NORMAL_WITHIN_MS);
    expect(books.logger.warnings.length).toBeLessThanOrEqual(2);
  },
);

test.each(ADAPTERS)('on %s a read-only disk is done without until it is writable', async (adapter) => {
  const disk = smallDisk();
  if (disk === undefined) {
    process.stdout.write('skipped: a read-only disk needs the right to mount a tmpfs\n');
    return;
  }
  remount(disk, 'ro');
  const books = await startBooks(adapter, { path: join(disk, 'cache.sqlite'), type: drivers[adapter] });
  const during = await readFor(500, books, 1);
  remount(disk, 'rw');
  const normal = await normalAfter(books, NORMAL_WITHIN_MS);
  reportFigures(`4 real fault, ${adapter} and ${drivers[adapter]}, a read-only disk`, {
    reports: during.reports,
    wrong: during.wrong.length,
    'normal after ms': normal,
    warnings: books.logger.warnings.length,
  });
  expect(during.wrong).toEqual([]);
  expect(during.acknowledged).toEqual([]);
  expect(normal).toBeLessThan(NORMAL_WITHIN_MS);
  expect(books.logger.warnings).toHaveLength(1);
});
