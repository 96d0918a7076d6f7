import type { Crew } from '../processes/crew.js';

export interface StampedeResult {
  readonly callers: number;
  /** Runs of the source, in all instances together. */
  readonly runs: number;
  readonly wrongAnswers: number;
}

/** Callers of all instances ask for one cold key at once. */
export async function runStampede(crew: Crew, callers: number): Promise<StampedeResult> {
  const each = Math.ceil(callers / crew.workers.length);
  const results = await crew.all('stampede', () => ({ key: 'cold', callers: each, sourceMs: 500 }));
  return {
    callers: each * crew.workers.length,
    runs: results.reduce((sum, { runs }) => sum + runs, 0),
    wrongAnswers: results.reduce((sum, { wrongAnswers }) => sum + wrongAnswers, 0),
  };
}
