import type { TypeLabels } from './type-labels.js';

/** One value for each type and word (an outcome, a reason), made when it is first asked for. */
export class Cells<T> {
  private readonly byType = new Map<string, Map<string, T>>();

  constructor(
    private readonly labels: TypeLabels,
    private readonly create: (type: string, word: string) => T,
  ) {}

  /** Two lookups where it is there already: every hit comes by. */
  of(type: string, word: string): T {
    return this.byType.get(type)?.get(word) ?? this.add(this.labels.of(type), word);
  }

  *[Symbol.iterator](): Generator<T> {
    for (const words of this.byType.values()) yield* words.values();
  }

  /** A type without a label of its own comes by here each time, and keeps nothing. */
  private add(type: string, word: string): T {
    const words = this.byType.get(type) ?? new Map<string, T>();
    this.byType.set(type, words);
    const value = words.get(word) ?? this.create(type, word);
    words.set(word, value);
    return value;
  }
}
