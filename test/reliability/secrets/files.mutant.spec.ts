import { expect, test, vi } from 'vitest';
import type * as pragmas from '../../../src/storage/sqlite/pragmas.js';
import type * as sqliteFile from '../../../src/storage/sqlite/sqlite-file.js';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reportFigures } from '../support/figures.js';
import { modesOnDisk, tracesOfDeleted } from './files-on-disk.js';

vi.mock('../../../src/storage/sqlite/pragmas.js', async (original) => ({
  applyWriterPragmas: async (...[sql]: Parameters<typeof pragmas.applyWriterPragmas>) => {
    await (await original<typeof pragmas>()).applyWriterPragmas(sql);
    await sql.pragma('secure_delete = OFF');
  },
}));

vi.mock('../../../src/storage/sqlite/sqlite-file.js', async (original) => ({
  ...(await original<typeof sqliteFile>()),
  createDatabaseFile: async (path: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '', { flag: 'a' });
  },
  restrictToOwner: () => Promise.resolve(),
}));

test('traces are noticed in a build that does not zero what it deletes', async () => {
  const { before, after } = await tracesOfDeleted('sqlite');
  reportFigures('12 secrets, mutant secure_delete=OFF', { before, after });
  expect(after).toBeGreaterThan(0);
});

test('modes are noticed in a build that leaves them to the umask', async () => {
  const { folder, files } = await modesOnDisk('sqlite');
  expect(folder).not.toBe('700');
  expect(files).not.toContain('600');
});
