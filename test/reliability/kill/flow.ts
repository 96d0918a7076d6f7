/** What one flow of one writer does, one step after the other; each flow has a key of its own. */
export interface Flow {
  readonly key: string;
  /** The step it last did. */
  readonly step: number;
}

const REMOVE_EVERY = 7;
const LONGEST_BYTES = 48 * 1024;

/** What the flow's key holds after a step: every seventh removes the entry, the others store one that tells its step. */
export function contentAfter(key: string, step: number): string | undefined {
  if (step % REMOVE_EVERY === 0) return undefined;
  const text = `${key} step ${step};`;
  return text.repeat(1 + ((step * 7_919) % Math.floor(LONGEST_BYTES / text.length)));
}
