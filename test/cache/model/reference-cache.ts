import { matches, type EntrySelector, type Selectable } from '../../../src/common/entry-selector.js';

export interface ReferenceEntry {
  readonly target: Selectable;
  readonly value: number;
  readonly expiresAt: number;
  readonly graceUntil: number;
}

export interface ReferenceFlight {
  readonly target: Selectable;
  readonly value: number;
  readonly ttl: number;
  readonly grace: number;
  /** What may answer in its place when it fails. */
  readonly expired: ReferenceEntry | undefined;
  /** It may not store its value, and nobody joins it any more. */
  overtaken: boolean;
}

/** What the cache should do, in a map and a list: no tiers, no queues, nothing that runs at the same time. */
export class ReferenceCache {
  now = 0;
  readonly entries = new Map<string, ReferenceEntry>();
  flights: ReferenceFlight[] = [];
  private values = 0;

  nextValue(): number {
    return ++this.values;
  }

  get(key: string): number | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && this.now < entry.expiresAt ? entry.value : undefined;
  }

  set(target: Selectable, value: number, ttl: number, grace: number): void {
    this.overtake({ key: target.key });
    this.store(target, value, ttl, grace);
  }

  joinable(key: string): ReferenceFlight | undefined {
    return this.flights.find((flight) => flight.target.key === key && !flight.overtaken);
  }

  depart(target: Selectable, value: number, ttl: number, grace: number): ReferenceFlight {
    const flight = { target, value, ttl, grace, expired: this.entries.get(target.key), overtaken: false };
    this.flights.push(flight);
    return flight;
  }

  /** @returns what the callers get, `undefined`: the error of the source. */
  land(flight: ReferenceFlight, succeeds: boolean): number | undefined {
    this.flights = this.flights.filter((other) => other !== flight);
    const { target, value, ttl, grace, expired, overtaken } = flight;
    if (!succeeds) return !overtaken && expired && this.now < expired.graceUntil ? expired.value : undefined;
    if (!overtaken) this.store(target, value, ttl, grace);
    return value;
  }

  /** @returns how many entries went, and how many of them had expired before. */
  invalidate(selector: EntrySelector): { dropped: number; expired: number } {
    this.overtake(selector);
    const doomed = [...this.entries.values()].filter((entry) => matches(selector, entry.target));
    for (const { target } of doomed) this.entries.delete(target.key);
    const expired = doomed.filter((entry) => this.now >= entry.expiresAt).length;
    return { dropped: doomed.length, expired };
  }

  cleanUp(): void {
    for (const [key, entry] of this.entries) if (this.now >= entry.graceUntil) this.entries.delete(key);
  }

  /** Loads of the process that went answer whoever waits for them, and store nothing. */
  restart(): void {
    for (const flight of this.flights) flight.overtaken = true;
  }

  private store(target: Selectable, value: number, ttl: number, grace: number): void {
    const expiresAt = this.now + ttl;
    this.entries.set(target.key, { target, value, expiresAt, graceUntil: expiresAt + grace });
  }

  private overtake(selector: EntrySelector): void {
    for (const flight of this.flights) flight.overtaken ||= matches(selector, flight.target);
  }
}
