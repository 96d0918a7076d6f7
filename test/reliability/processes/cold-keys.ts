import type { Crew } from './crew.js';

export interface ColdKeysResult {
  readonly keys: number;
  /** Runs of sources; one a key is right. */
  readonly runs: number;
  readonly wrongAnswers: number;
}

/** All processes ask for a cold key at once, key after key. */
export async function runColdKeys(crew: Crew, keys: number): Promise<ColdKeysResult> {
  let runs = 0;
  let wrongAnswers = 0;
  for (let index = 0; index < keys; index += 1) {
    const answers = await crew.all('load', () => ({ key: `cold-${index}`, sourceMs: 50 }));
    for (const answer of answers) {
      runs += answer.runs;
      if (!answer.isRight) wrongAnswers += 1;
    }
  }
  return { keys, runs, wrongAnswers };
}
