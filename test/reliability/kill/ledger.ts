import { contentAfter, type Flow } from './flow.js';

/** What became of a flow's last acknowledged step. `torn`: the file holds what no step of the flow wrote. */
export type Verdict = 'kept' | 'lost' | 'torn';

/** Knows which steps were acknowledged, and so what the file may hold. */
export class Ledger {
  private readonly steps = new Map<string, number>();

  /** @param key of a flow */
  flow(key: string): Flow {
    return { key, step: this.steps.get(key) ?? 0 };
  }

  acknowledge(key: string, step: number): void {
    this.steps.set(key, step);
  }

  /**
   * The last acknowledged step must be there, or the one that was under way; the flow goes on from what is found.
   * @param content `undefined`: the key holds nothing.
   */
  judge(key: string, content: string | undefined): Verdict {
    const { step } = this.flow(key);
    const found = [step, step + 1].find((each) => contentAfter(key, each) === content);
    if (found === undefined) return isOfSomeStep(key, content) ? 'lost' : 'torn';
    this.acknowledge(key, found);
    return 'kept';
  }
}

function isOfSomeStep(key: string, content = ''): boolean {
  const step = Number(/ step (\d+);/.exec(content)?.[1] ?? 0);
  return contentAfter(key, step) === (content === '' ? undefined : content);
}
