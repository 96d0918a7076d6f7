import { Child } from './child.js';

/** A question that is answered once by a fresh process, which then ends; for what a warm process cannot answer. */
export async function askOnce<Answer>(script: URL, args: readonly string[]): Promise<Answer> {
  const child = await Child.start<never, never>(script, args);
  await child.stop();
  return child.greeting as Answer;
}

/** From inside such a process. */
export function answerOnce(answer: unknown): void {
  process.on('disconnect', () => process.exit());
  process.send!(answer);
}
