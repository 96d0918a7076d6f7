import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Cleanup } from '../../../src/maintenance/cleanup.js';
import { Database } from '../../../src/storage/database.js';

/** What is held while nothing is under way. */
export interface Sample {
  /** Operations since the start. */
  readonly operations: number;
  /** Seconds since the start. */
  readonly at: number;
  /** The heap and the buffers beside it, after a collection. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly descriptors: number;
  /** Timers and handles that keep the process alive. */
  readonly resources: number;
  /** After a cleanup. */
  readonly fileBytes: number;
  /** Before it. */
  readonly walBytes: number;
}

/** Long enough for the last sockets to be closed, and for the hit counts of the last operations to be flushed. */
const SETTLED_MS = 300;

export async function takeSample(
  app: INestApplicationContext,
  operations: number,
  at: number,
): Promise<Sample> {
  await setTimeout(SETTLED_MS);
  const database = app.get(Database);
  const { walBytes = 0 } = await database.sizes();
  await app.get(Cleanup).run();
  const { databaseBytes } = await database.sizes();
  // Twice: what a finaliser lets go of is collected by the next.
  for (let round = 0; round < 2; round++) gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    operations,
    at,
    heapBytes: heapUsed + external,
    rssBytes: rss,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    fileBytes: databaseBytes,
    walBytes,
  };
}
