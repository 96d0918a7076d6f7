import type { Reporter, TestModule } from 'vitest/node';

const HOW_TO_RUN =
  'They need a PostgreSQL server, 13 or later: at 127.0.0.1:5432 with a database test and trust for the user postgres, ' +
  'or at DATABASE_URL_TEST=postgres://user:password@host:5432/database.';

/** Says in the last lines of a run which files were skipped as a whole, and how to run them: skipped must not pass for tested. */
export default class SkippedSuites implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = modules.filter(isSkipped).map(({ relativeModuleId }) => relativeModuleId);
    if (names.length > 0) console.log(`\nSkipped: ${names.sort().join(', ')}. ${HOW_TO_RUN}`);
  }
}

function isSkipped(module: TestModule): boolean {
  const tests = [...module.children.allTests()];
  return tests.length > 0 && tests.every((one) => one.result().state === 'skipped');
}
