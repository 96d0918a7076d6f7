import type { CacheState } from './cache-state.js';
import type { Meters } from './meters.js';
import type { Reading } from './readings.js';
import type { TelemetryHub } from './telemetry-hub.js';

/** The meters and the cache's state, for whoever shows them. Counts from when somebody first wants to. */
export class Metering {
  private isOn = false;
  private reading: Promise<readonly Reading[]> | undefined;

  constructor(
    private readonly hub: TelemetryHub,
    readonly meters: Meters,
    private readonly state: CacheState,
  ) {}

  turnOn(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.hub.listen(this.meters);
  }

  /** All counters and gauges now. Who asks while they are read gets the same: a scrape asks once for each metric. */
  readings(): Promise<readonly Reading[]> {
    return (this.reading ??= this.read().finally(() => (this.reading = undefined)));
  }

  private async read(): Promise<readonly Reading[]> {
    const ofState = await this.state.readings();
    return [...this.meters.readings(), ...ofState];
  }
}
