import { basename } from 'node:path';
import { type ResolvedSqliteOptions } from '../../../src/common/options.js';
import { type Random } from '../../support/seeded-random.js';
import { FATES } from './fates.js';
import { Replay } from './replay.js';
import { restart } from './restart.js';
import { type Step } from './trace.js';

export interface PowerCutOptions {
  readonly driver: ResolvedSqliteOptions['type'];
  readonly steps: readonly Step[];
  /** Of the database that was recorded. */
  readonly path: string;
  readonly states: number;
  readonly random: Random;
  /** Where states are built. */
  readonly folder: string;
}

export interface PowerCutResult {
  states: number;
  corrupt: number;
  wrong: number;
  /** States without a transaction that had been synced. */
  lostSynced: number;
  /** Acknowledged transactions that a state was without, at the most: what `synchronous=NORMAL` gives up. */
  mostUnsyncedLost: number;
}

/** Cuts the power at random moments of what was recorded, and opens what each cut left. */
export async function cutPower(options: PowerCutOptions): Promise<PowerCutResult> {
  const result = { states: 0, corrupt: 0, wrong: 0, lostSynced: 0, mostUnsyncedLost: 0 };
  const replay = new Replay(options.path);
  for (const moment of moments(options)) {
    replay.forwardTo(options.steps, moment);
    await cutOnce(options, replay, result);
  }
  return result;
}

async function cutOnce(
  { driver, path, random, folder }: PowerCutOptions,
  { disk, acknowledged, synced }: Replay,
  result: PowerCutResult,
): Promise<void> {
  const fates = Object.values(FATES);
  const remains = disk.afterPowerLoss(
    (changes) => random(changes + 1),
    (changes) => fates[random(fates.length)]!(changes, random),
  );
  const finding = await restart(driver, remains, folder, basename(path));
  result.states += 1;
  if (finding.kind !== 'prefix') result[finding.kind] += 1;
  else if (finding.sequence < synced) result.lostSynced += 1;
  else result.mostUnsyncedLost = Math.max(result.mostUnsyncedLost, acknowledged - finding.sequence);
}

/** Half of them anywhere, half near the steps that do more than append to the log; in their order. */
function moments({ steps, path, states, random }: PowerCutOptions): number[] {
  const log = `${basename(path)}-wal`;
  const turns = steps.flatMap((step, index) =>
    step.file.endsWith('-marks') || (step.kind === 'write' && step.file === log) ? [] : [index],
  );
  const near = (): number => turns[random(turns.length)]! + random(8) - 3;
  const chosen = Array.from({ length: states }, (_, state) =>
    state % 2 === 0 ? random(steps.length) : near(),
  );
  return chosen.sort((left, right) => left - right);
}
