import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { cutPower } from './power-cuts.js';
import { missingForRecording, recordWriter } from './recorder.js';

const startWriter = childProgram('test/reliability/power-loss/writer.child.ts');
const missing = missingForRecording();
const transactions = sized({ short: 160, long: 600 });
const states = sized({ short: 150, long: 5_000 });

test.for(['sqlite', 'better-sqlite3'] as const)(
  'a power cut leaves an intact file with the commits up to one of them, and all that were synced (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (driver, { skip }) => {
    skip(missing !== undefined, missing);
    const recorded = await recordWriter(startWriter, driver, transactions);
    const random = seededRandom(20_260_402);
    const result = await cutPower({ driver, ...recorded, states, random, folder: tempFolder() });
    reportFigures('2 power loss', { driver, transactions, writes: recorded.steps.length, ...result });
    expect(result).toMatchObject({ states, corrupt: 0, wrong: 0, lostSynced: 0 });
  },
);
