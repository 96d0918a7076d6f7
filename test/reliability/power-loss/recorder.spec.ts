import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { missingForRecording, recordWriter } from './recorder.js';
import { Replay } from './replay.js';

const startWriter = childProgram('test/reliability/power-loss/writer.child.ts');
const missing = missingForRecording();

test('what is recorded makes, where nothing is lost, the very files that the writer left', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const { steps, path } = await recordWriter(startWriter, 'sqlite', 70);
  const replay = new Replay(path);
  replay.forwardTo(steps, steps.length);
  const remains = replay.disk.afterPowerLoss(
    (changes) => changes,
    () => () => true,
  );
  const isOfStore = (file: string): boolean => !/-(shm|lock|marks)$/.test(file);
  const left = readdirSync(dirname(path)).filter(isOfStore);
  expect([...remains.keys()].filter(isOfStore).sort()).toEqual(left.sort());
  for (const file of left)
    expect(readFileSync(join(dirname(path), file)).equals(remains.get(file)!)).toBe(true);
  expect(replay.acknowledged).toBe(70);
});
