import { open, type FileHandle } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { CacheConfigService } from '../../../src/index.js';
import type { Figure } from './growth.js';

type Leak = (operation: number) => Promise<void> | void;

const kept: (string[] | FileHandle | NodeJS.Timeout)[] = [];

const every =
  (operations: number, leak: Leak): Leak =>
  (operation) =>
    operation % operations === 0 ? leak(operation) : undefined;

/** A leak of each kind that the soak must find: so much with each operation, or with every twentieth. */
function leaksOf(app: INestApplicationContext): Partial<Record<Figure, Leak>> {
  const config = app.get(CacheConfigService);
  return {
    heapBytes: () => void kept.push(Array.from({ length: 100 }, (_, index) => `row ${index} of the report`)),
    descriptors: every(20, async () => void kept.push(await open('/dev/null'))),
    resources: every(20, () => void kept.push(setTimeout(() => undefined, 3_600_000))),
    fileBytes: (operation) => config.set(`leak-${operation}`, 'x'.repeat(60_000)),
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
