// `npm run test:reliability [-- --long] [-- file …]`: everything else goes to the test runner.
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const form = given.includes('--long') ? 'long' : 'short';
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--config', 'vitest.reliability.config.ts', ...given.filter((word) => word !== '--long')],
  { stdio: 'inherit', env: { ...process.env, RELIABILITY_FORM: form } },
);
process.exit(status ?? 1);
