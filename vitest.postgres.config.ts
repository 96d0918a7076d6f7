import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * Every end-to-end suite once more, its apps keeping their cache on PostgreSQL. What is about the file itself is skipped;
 * of both HTTP adapters and both drivers of SQLite one runs, since the store knows nothing of them. Left out: what runs on
 * PostgreSQL with `npm test` (`cluster`, `storage`, `examples`), and what has no store or nothing but files (`common`, `cli`,
 * `docs`, the dashboard's page, what becomes of a file that cannot be opened).
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      'test/*.spec.ts',
      'test/{cache,dashboard,freshness,http,invalidation,maintenance,module,performance,settings,telemetry,warm-up}/**/*.spec.ts',
    ],
    exclude: ['test/dashboard/browser/**', 'test/module/degraded.spec.ts'],
    env: { REPORTS_CACHE_TEST_STORE: 'postgres' },
    // Most of a test is waiting for the server to make its schema.
    maxWorkers: 3,
    testTimeout: 60_000,
  },
});
