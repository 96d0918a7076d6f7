import { setImmediate } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { CacheEntryRepository, CacheService } from '../../src/index.js';
import { ValueCodec } from '../../src/cache/value-codec.js';
import { seededRandom } from '../support/seeded-random.js';

export interface RaceResult {
  races: number;
  /** Answers from before an invalidation that were seen, or are in the file, after it had resolved. */
  resurrected: number;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

/**
 * Races loads against invalidations. Each race has books of its own; a load reads their version when it starts and
 * brings it some turns later; meanwhile the books change and one kind of invalidation is called.
 */
export async function runRaces(
  app: INestApplicationContext,
  races: number,
  seed: number,
): Promise<RaceResult> {
  const cache = app.get(CacheService);
  const entries = app.get(CacheEntryRepository);
  const codec = new ValueCodec();
  const random = seededRandom(seed);
  let resurrected = 0;

  async function race(id: number): Promise<void> {
    const key = `race-${id}`;
    const options = { type: `type-${id}`, companyId: id, tags: [`tag-${id}`] };
    let version = 0;
    const load = async (): Promise<number> => {
      const seen = version;
      await turns(random(6));
      return seen;
    };
    const invalidations = [
      () => cache.delete(key),
      () => cache.clearByCompany(id),
      () => cache.clearByType(options.type),
      () => cache.clearByTag(`tag-${id}`),
      () => cache.set(key, version, options),
    ];
    const invalidate = invalidations[random(invalidations.length)] as () => Promise<unknown>;
    if (random(3) === 0) await cache.set(key, version, options);

    const loading = [
      cache.getOrSet(key, load, options),
      turns(random(3)).then(() => cache.getOrSet(key, load, options)),
    ];
    await turns(random(5));
    version += 1;
    await invalidate();
    const after = await cache.get<number>(key);
    if (after !== undefined && after < version) resurrected += 1;
    await Promise.all(loading);
    const settled = await cache.get<number>(key);
    if (settled !== undefined && settled < version) resurrected += 1;
    // A write queued by the loser would come before this one.
    await cache.set(`fence-${id}`, null, { type: 'fence' });
    const row = await entries.find(key);
    if (typeof row !== 'string' && (codec.decode(row.bytes) as number) < version) resurrected += 1;
  }

  const ids = Array.from({ length: races }, (_, id) => id);
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) await race(id);
    }),
  );
  return { races, resurrected };
}
