import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../src/storage/database.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { someEntry } from '../../storage/some-entry.js';
import { ManualClock } from '../../support/manual-clock.js';
import { fill } from './real-faults.js';
import { smallDisk } from './small-disk.js';

test.each(['sqlite', 'better-sqlite3'] as const)(
  'what was stored is served while the disk is full, and one notice says so (%s)',
  async (type) => {
    const disk = smallDisk();
    if (disk === undefined) {
      process.stdout.write('skipped: a full disk needs the right to mount a tmpfs\n');
      return;
    }
    const path = join(disk, 'cache.sqlite');
    const clock = new ManualClock();
    const database = new Database({ type, path, busyTimeoutMs: 1_000 }, clock);
    onTestFinished(() => database.close());
    await database.open();
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry({ key: 'before' }));
    const told: unknown[] = [];
    database.onStateChange((state) => told.push(state));

    const large = someEntry({ key: 'large', bytes: Buffer.alloc(100_000, 1) });
    fill(join(disk, 'ballast'));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(entries.put(large)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await entries.find('before')).toMatchObject({ key: 'before' });
    }
    expect(told).toEqual([
      expect.objectContaining({
        notice: `the disk of ${path} is full: stored reports are served and no new ones are stored`,
      }),
    ]);

    rmSync(join(disk, 'ballast'));
    await entries.put(large);
    expect(told).toHaveLength(1);
    clock.advance(10_000);
    await entries.put(large);
    expect(await entries.find('large')).toMatchObject({ key: 'large' });
    expect(told).toHaveLength(2);
  },
);
