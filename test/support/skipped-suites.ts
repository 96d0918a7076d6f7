import type { Reporter, TestModule } from 'vitest/node';

const NEEDS_POSTGRES =
  'They need a PostgreSQL server, 13 or later: at 127.0.0.1:5432 with a database test and trust for the user postgres, ' +
  'or at DATABASE_URL_TEST=postgres://user:password@host:5432/database.';

/** How to run what is skipped, by its path; the first that fits. */
const HOW_TO_RUN: readonly (readonly [path: RegExp, howTo: string])[] = [
  [/^test\/dashboard\/browser\//, 'They need a browser: chromium, or the one that CHROMIUM_PATH names.'],
  [/pgbouncer/, `${NEEDS_POSTGRES} And they need PgBouncer, Debian's package pgbouncer.`],
  [/^/, NEEDS_POSTGRES],
];

/** Says in the last lines of a run which files were skipped as a whole, and how to run them: skipped must not pass for tested. */
export default class SkippedSuites implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = modules.filter(isSkipped).map(({ relativeModuleId }) => relativeModuleId);
    for (const howTo of new Set(names.map(howToRun))) {
      const group = names.filter((name) => howToRun(name) === howTo).sort();
      console.log(`\nSkipped: ${group.join(', ')}. ${howTo}`);
    }
  }
}

function howToRun(name: string): string {
  return HOW_TO_RUN.find(([path]) => path.test(name))![1];
}

function isSkipped(module: TestModule): boolean {
  const tests = [...module.children.allTests()];
  return tests.length > 0 && tests.every((one) => one.result().state === 'skipped');
}
