export type Form = 'short' | 'long';

/** How far the harnesses go: `short` with every run of the tests, `long` by `npm run test:reliability -- --long`. */
export const FORM: Form = process.env['RELIABILITY_FORM'] === 'long' ? 'long' : 'short';

/** What a harness does in the form of this run: `sized({ short: 50, long: 2_000 })` cycles. */
export function sized<T>(sizes: Readonly<Record<Form, T>>): T {
  return sizes[FORM];
}

/** For tests whose long form takes hours. */
export const TEST_TIMEOUT_MS = sized({ short: 600_000, long: 12 * 3_600_000 });
