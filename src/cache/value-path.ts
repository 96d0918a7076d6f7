/** One step into a value: a field's name, a position in a list, or a text such as `.get("a")` as it is. */
export type PathStep = string | number | { readonly text: string };

/** The step to what a Map holds under `key`, or to the key itself, or to a member of a Set. */
export const collectionStep = {
  value: (key: unknown, index: number): PathStep => ({
    text:
      typeof key === 'string' || typeof key === 'number'
        ? `.get(${JSON.stringify(key)})`
        : `.values()[${index}]`,
  }),
  key: (index: number): PathStep => ({ text: `.keys()[${index}]` }),
  member: (index: number): PathStep => ({ text: `.values()[${index}]` }),
};

/** `['rows', 3, 'render']` → `rows[3].render`, as one would write it in code. */
export function formatPath(steps: readonly PathStep[]): string {
  return steps.map(formatStep).join('').replace(/^\./, '');
}

function formatStep(step: PathStep): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'object') return step.text;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
