import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import SkippedSuites from './test/support/skipped-suites.js';

export default defineConfig({
  resolve: {
    alias: { 'nestjs-reports-cache': fileURLToPath(new URL('./src/index.ts', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.spec.ts'],
    exclude: ['test/reliability/**'],
    // Behind the others: its lines are the last.
    reporters: ['default', new SkippedSuites()],
    globalSetup: ['test/support/clear-schemas.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    sequence: { shuffle: true },
  },
});
