import { matches, type EntrySelector, type Selectable } from '../common/entry-selector.js';

/** What a running read or load depends on: the target it will fill, or just a key whose owner is not known yet. */
export type GenerationTarget = Selectable | { readonly key: string };

/** Taken before a read or load starts. */
export interface GenerationNote {
  /** An invalidation has overtaken this: its result may answer its own callers and is stored nowhere. */
  readonly overtaken: boolean;
  release(): void;
}

/**
 * Keeps a load that began before an invalidation from storing its result after it. Every read and load takes a
 * note before it starts; an invalidation marks the notes it covers.
 *
 * Counters per company, type and tag that are compared at fill time would do the same and grow with every tag
 * ever used; the notes of what runs now are bounded by what runs now.
 */
export class Generations {
  private readonly notes = new Set<Note>();

  begin(target: GenerationTarget): GenerationNote {
    const note = new Note(target, (released) => this.notes.delete(released));
    this.notes.add(note);
    return note;
  }

  advance(selector: EntrySelector): void {
    for (const note of this.notes) note.overtakeIf(selector);
  }
}

class Note implements GenerationNote {
  overtaken = false;

  constructor(
    private readonly target: GenerationTarget,
    private readonly onRelease: (note: Note) => void,
  ) {}

  overtakeIf(selector: EntrySelector): void {
    this.overtaken ||= 'type' in this.target ? matches(selector, this.target) : this.mayMatch(selector);
  }

  release(): void {
    this.onRelease(this);
  }

  /** The owner is unknown: only a selector of another key surely spares it. */
  private mayMatch(selector: EntrySelector): boolean {
    return selector.key === undefined || selector.key === this.target.key;
  }
}
