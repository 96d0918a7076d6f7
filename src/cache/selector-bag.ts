import { matches, type EntrySelector } from '../common/entry-selector.js';
import type { StoredEntry } from '../storage/entries/entry.js';

/** Selectors other than keys that are looked through; beyond it every entry counts as covered. */
const MAX_WIDE = 100;

interface Counted {
  /** Of those that differ in `storedUpTo` alone, the last. */
  selector: EntrySelector;
  count: number;
}

/** Selectors, as many times each as it was added. What covers an entry is found in about the same time however many there are. */
export class SelectorBag {
  /** Those of one key, which are most; looked up instead of looked through. */
  private readonly keys = new Map<string, Counted>();
  private readonly wide = new Map<string, Counted>();

  /** Different selectors. */
  get size(): number {
    return this.keys.size + this.wide.size;
  }

  add(selector: EntrySelector): void {
    const { map, name } = this.placeOf(selector);
    const present = map.get(name);
    if (present === undefined) map.set(name, { selector, count: 1 });
    else Object.assign(present, { selector, count: present.count + 1 });
  }

  delete(selector: EntrySelector): void {
    const { map, name } = this.placeOf(selector);
    const present = map.get(name);
    if (present === undefined) return;
    present.count -= 1;
    if (present.count === 0) map.delete(name);
  }

  hasKey(key: string): boolean {
    return this.keys.has(key);
  }

  /** Too much rather than too little: past {@link MAX_WIDE} selectors an entry that none of them covers is a miss. */
  covers(entry: StoredEntry): boolean {
    return this.asOfNow(entry.key)(entry);
  }

  /** What {@link covers} says now of an entry of this key, to be asked later. */
  asOfNow(key: string): (entry: StoredEntry) => boolean {
    // As a rule nothing is pending, and every read of the store asks.
    if (this.size === 0) return coversNothing;
    if (this.wide.size > MAX_WIDE) return () => true;
    const ofKey = this.keys.get(key)?.selector;
    const wide = [...this.wide.values()].map(({ selector }) => selector);
    return (entry) =>
      (ofKey !== undefined && matches(ofKey, entry)) || wide.some((selector) => matches(selector, entry));
  }

  /** Each once. */
  selectors(): EntrySelector[] {
    return [...this.keys.values(), ...this.wide.values()].map(({ selector }) => selector);
  }

  clear(): void {
    this.keys.clear();
    this.wide.clear();
  }

  private placeOf(selector: EntrySelector): { map: Map<string, Counted>; name: string } {
    const { key } = selector;
    const isOfKey = Object.keys(selector).every((name) => name === 'key' || name === 'storedUpTo');
    return key !== undefined && isOfKey
      ? { map: this.keys, name: key }
      : { map: this.wide, name: JSON.stringify({ ...selector, storedUpTo: undefined }) };
  }
}

function coversNothing(): boolean {
  return false;
}
