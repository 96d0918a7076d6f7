import { expect, test } from 'vitest';
import { DRIVERS } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { modesOnDisk, tracesOfDeleted } from './files-on-disk.js';
import { ENCRYPTION, forgeRows, swapPayloads } from './stolen-file.js';

test.each(DRIVERS)('folder and files are their owner’s alone, whatever the umask (%s)', async (driver) => {
  expect(await modesOnDisk(driver)).toEqual({ folder: '700', files: ['600', '600', '600'] });
});

test.each(DRIVERS)('what was deleted is not in the file after the cleanup (%s)', async (driver) => {
  const { before, after } = await tracesOfDeleted(driver);
  reportFigures('12 secrets', { driver, 'pages with the secret': before, 'after its deletion': after });
  expect(before).toBeGreaterThan(1_000);
  expect(after).toBe(0);
});

test('2,000 rows forged by somebody without the key are misses', async () => {
  const result = await forgeRows(2_000, ENCRYPTION);
  reportFigures('12 secrets', { ...result });
  expect(result).toEqual({ forged: 2_000, wrong: 0, misses: 2_000 });
});

test.each([
  ['encrypted', ENCRYPTION],
  ['readable', undefined],
])(
  '2,000 %s payloads that changed places are misses: the checksum covers the key',
  async (_form, encryption) => {
    expect(await swapPayloads(2_000, encryption)).toEqual({ forged: 2_000, wrong: 0, misses: 2_000 });
  },
);
