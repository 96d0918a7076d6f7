/**
 * Whose turn a job is, among the processes that share a store. `'unknown'`: the store could not be asked, and nobody
 * can tell whether another process does it.
 */
export type Turn = 'ours' | 'theirs' | 'unknown';

/** Has what one process can do for all be done by one. */
export interface JobTurns {
  /**
   * Asks for the job when its time has come. Who gets it keeps it for as long as it lives and asks for it again.
   * @param job its name among the processes.
   * @param dueAgainInMs until this process will ask again, in milliseconds; past that, and a minute, another may have it.
   * @returns never rejects.
   */
  claim(job: string, dueAgainInMs: number): Promise<Turn>;
  /** Leaves the job, which could not be done here, to whoever asks for it next. Never throws. */
  handOn(job: string): void;
}

/** Of a process that shares its store with nobody. */
export const alwaysOurs: JobTurns = {
  claim: () => Promise.resolve('ours'),
  handOn: () => undefined,
};
