import type { DurationHistogram } from './duration-histogram.js';
import { INSTRUMENTS, type Instrument, type InstrumentKey } from './instruments.js';

export type Attributes = Readonly<Record<string, string>>;

/** A counter's or gauge's value now. */
export interface Point {
  readonly attributes: Attributes;
  readonly value: number;
}

export interface HistogramPoint {
  readonly attributes: Attributes;
  readonly histogram: DurationHistogram;
}

/** What one instrument shows now. */
export interface Reading {
  readonly instrument: Instrument;
  readonly points: readonly Point[];
}

/** Of an instrument without attributes; no point where there is no value. */
export function single(key: InstrumentKey, value: number | undefined): Reading {
  return {
    instrument: INSTRUMENTS[key],
    points: value === undefined ? [] : [{ attributes: {}, value }],
  };
}

/** Of an instrument with one attribute; no point for a value of it that has none. */
export function byAttribute(
  key: InstrumentKey,
  values: Readonly<Record<string, number | undefined>>,
): Reading {
  const instrument: Instrument = INSTRUMENTS[key];
  const points = Object.entries(values).flatMap(([word, value]) =>
    value === undefined ? [] : [{ attributes: { [instrument.attributes[0]!]: word }, value }],
  );
  return { instrument, points };
}
