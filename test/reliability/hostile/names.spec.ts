import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { startCacheApp } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runNames } from './names.js';

const INPUTS = sized({ short: 500, long: 100_000 });

test(
  'a hostile name drops itself alone, and leads to no other file',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const app = await startCacheApp();
    const { inputs, findings } = await runNames(app, INPUTS);
    reportFigures('10 hostile names', { inputs, findings: findings.length });
    expect(findings).toEqual([]);
    const files = readdirSync(dirname(app.path)).sort();
    expect(files).toEqual(['cache.sqlite', 'cache.sqlite-lock', 'cache.sqlite-shm', 'cache.sqlite-wal']);
  },
);
