import { open, type FileHandle } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { CacheConfigService } from '../../../src/index.js';
import type { Figure } from './growth.js';

type Leak = (operation: number) => Promise<void> | void;

const kept: (string[] | FileHandle | NodeJS.Timeout)[] = [];

/** However fast operations are: a process may have no more than about a thousand descriptors. */
function tenTimesASecond(leak: Leak): Leak {
  let next = 0;
  return (operation) => {
    if (performance.now() < next) return;
    next = performance.now() + 100;
    return leak(operation);
  };
}

/** A leak of each kind that the soak must find: so much with each operation, or ten times a second. */
function leaksOf(app: INestApplicationContext): Partial<Record<Figure, Leak>> {
  const config = app.get(CacheConfigService);
  return {
    heapBytes: () => void kept.push(Array.from({ length: 100 }, (_, index) => `row ${index} of the report`)),
    descriptors: tenTimesASecond(async () => void kept.push(await open('/dev/null'))),
    resources: tenTimesASecond(() => void kept.push(setTimeout(() => undefined, 3_600_000))),
    fileBytes: tenTimesASecond(async (operation) => {
      const keys = ['a', 'b', 'c'].map((part) => `leak-${operation}-${part}`);
      await Promise.all(keys.map((key) => config.set(key, 'x'.repeat(60_000))));
    }),
  };
}

/** What is to be called after each operation, so that these figures grow. */
export function plant(app: INestApplicationContext, figures: readonly Figure[]): () => Promise<void> {
  const leaks = leaksOf(app);
  let operations = 0;
  return async () => {
    operations += 1;
    for (const figure of figures) await leaks[figure]?.(operations);
  };
}
