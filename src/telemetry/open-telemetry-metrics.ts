import type { BatchObservableResult, Histogram, Meter, Observable, ValueType } from '@opentelemetry/api';
import { DURATION_BOUNDS, INSTRUMENTS, type Instrument } from './instruments.js';
import type { Metering } from './metering.js';

/**
 * Lets an SDK read the counters and gauges when it exports, and records durations in its histograms.
 * @param valueType of the API's `ValueType`, for values that are no whole numbers.
 * @returns a function that ends it.
 */
export function exportMeters(meter: Meter, metering: Metering, valueType: ValueType): () => void {
  const { histograms, observables } = createInstruments(meter, valueType);
  const observe = async (result: BatchObservableResult): Promise<void> => {
    for (const { instrument, points } of await metering.readings()) {
      const observable = observables.get(instrument);
      for (const { attributes, value } of points) {
        if (observable !== undefined) result.observe(observable, value, attributes);
      }
    }
  };
  metering.turnOn();
  metering.meters.onDuration = (instrument, attributes, seconds) =>
    histograms.get(instrument)?.record(seconds, attributes);
  meter.addBatchObservableCallback(observe, [...observables.values()]);
  return () => {
    metering.meters.onDuration = undefined;
    meter.removeBatchObservableCallback(observe, [...observables.values()]);
  };
}

interface Created {
  readonly histograms: ReadonlyMap<Instrument, Histogram>;
  readonly observables: ReadonlyMap<Instrument, Observable>;
}

function createInstruments(meter: Meter, valueType: ValueType): Created {
  const histograms = new Map<Instrument, Histogram>();
  const observables = new Map<Instrument, Observable>();
  for (const instrument of Object.values<Instrument>(INSTRUMENTS)) {
    if (instrument.kind === 'histogram')
      histograms.set(instrument, createHistogram(meter, instrument, valueType));
    else observables.set(instrument, createObservable(meter, instrument));
  }
  return { histograms, observables };
}

function createHistogram(
  meter: Meter,
  { name, unit, description }: Instrument,
  valueType: ValueType,
): Histogram {
  const advice = { explicitBucketBoundaries: [...DURATION_BOUNDS] };
  return meter.createHistogram(name, { unit, description, valueType, advice });
}

function createObservable(meter: Meter, { name, unit, description, kind }: Instrument): Observable {
  const options = { unit, description };
  if (kind === 'counter') return meter.createObservableCounter(name, options);
  return kind === 'updown'
    ? meter.createObservableUpDownCounter(name, options)
    : meter.createObservableGauge(name, options);
}
