import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** One harness at a time: they kill, damage, fill and load, and measure how long things take meanwhile. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/reliability/**/*.spec.ts'],
    exclude: [],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
