import { matches, type EntrySelector, type Selectable } from '../common/entry-selector.js';

interface Flight {
  readonly target: Selectable;
  readonly result: Promise<unknown>;
}

/** One running load per key; whoever else wants the key meanwhile waits for it. */
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();

  /** @returns the running flight of this key, if there is one. */
  running<T>(key: string): Promise<T> | undefined {
    return this.flights.get(key)?.result as Promise<T> | undefined;
  }

  /** Starts a flight. It replaces a running one of the same key, which then ends for its own callers only. */
  start<T>(target: Selectable, work: () => Promise<T>): Promise<T> {
    const result = work();
    const flight = { target, result };
    this.flights.set(target.key, flight);
    const land = (): void => this.land(flight);
    result.then(land, land);
    return result;
  }

  /** From now on nobody joins the running flights that the selector covers. */
  forget(selector: EntrySelector): void {
    // A set forgets by its key alone, and must not look through all that fly.
    const flying = selector.key === undefined ? this.flights.values() : this.flightsOf(selector.key);
    for (const flight of flying) {
      if (matches(selector, flight.target)) this.flights.delete(flight.target.key);
    }
  }

  private flightsOf(key: string): Flight[] {
    const flight = this.flights.get(key);
    return flight === undefined ? [] : [flight];
  }

  private land(flight: Flight): void {
    if (this.flights.get(flight.target.key) === flight) this.flights.delete(flight.target.key);
  }
}
