import type { Clock } from '../common/clock.js';
import type {
  AnswerOutcome,
  Operation,
  ShadowVerdict,
  Telemetry,
  UnansweredOutcome,
} from '../common/telemetry.js';
import { Cells } from './cells.js';
import { DurationHistogram } from './duration-histogram.js';
import { DURATION_OF, INSTRUMENTS, OUTCOME, REASON, TYPE, type Instrument } from './instruments.js';
import { single, type Attributes, type HistogramPoint, type Point, type Reading } from './readings.js';
import type { TypeLabels } from './type-labels.js';

/** Is told every duration, besides their being counted. */
export type OnDuration = (instrument: Instrument, attributes: Attributes, seconds: number) => void;

/** Stands where an operation has no type; its instrument shows none. */
const NO_TYPE = '';

/** Counts what happens in plain numbers, which metrics read when they are asked for. */
export class Meters implements Telemetry {
  /** For metrics that keep histograms of their own. */
  onDuration: OnDuration | undefined;

  private readonly answers: Cells<HistogramPoint>;
  private readonly others: Cells<Tally>;
  private readonly misses: Cells<Tally>;
  private readonly bypasses: Cells<Tally>;
  private readonly shadow: Cells<Tally>;
  private readonly operations: Readonly<Record<Operation, Cells<HistogramPoint>>>;
  private activeLoads = 0;

  constructor(
    labels: TypeLabels,
    private readonly clock: Clock,
  ) {
    labels.reserve([NO_TYPE]);
    const tallies = (attribute: string): Cells<Tally> =>
      new Cells(labels, (type, word) => new Tally(toAttributes(type, attribute, word)));
    const durations = (): Cells<HistogramPoint> =>
      new Cells(labels, (type, word) => ({
        attributes: toAttributes(type, OUTCOME, word),
        histogram: new DurationHistogram(),
      }));
    this.answers = durations();
    this.others = tallies(OUTCOME);
    this.misses = tallies(REASON);
    this.bypasses = tallies(REASON);
    this.shadow = tallies(OUTCOME);
    this.operations = { lookup: durations(), load: durations(), fill: durations(), flush: durations() };
  }

  answered(type: string, outcome: AnswerOutcome, durationMs: number, reason?: string): void {
    this.record(INSTRUMENTS.requestDuration, this.answers.of(type, outcome), durationMs);
    if (reason !== undefined) this.misses.of(type, reason).value += 1;
  }

  unanswered(type: string, outcome: UnansweredOutcome, reason?: string): void {
    this.others.of(type, outcome).value += 1;
    if (reason !== undefined) this.bypasses.of(type, reason).value += 1;
  }

  shadowChecked(type: string, verdict: ShadowVerdict): void {
    this.shadow.of(type, verdict).value += 1;
  }

  async during<T>(
    operation: Operation,
    type: string | undefined,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const startedAt = this.clock.elapsed();
    const loads = operation === 'load' ? 1 : 0;
    let outcome = 'failed';
    this.activeLoads += loads;
    try {
      const result = await work();
      outcome = outcomeOf(result);
      return result;
    } finally {
      this.activeLoads -= loads;
      const point = this.operations[operation].of(type ?? NO_TYPE, outcome);
      this.record(INSTRUMENTS[DURATION_OF[operation]], point, this.clock.elapsed() - startedAt);
    }
  }

  /** Counters, and what runs. Answers are counted by their histograms, so that a hit counts in one place. */
  readings(): Reading[] {
    const answered = [...this.answers].map(({ attributes, histogram }) => ({
      attributes,
      value: histogram.count,
    }));
    return [
      { instrument: INSTRUMENTS.requests, points: [...answered, ...this.others] },
      { instrument: INSTRUMENTS.misses, points: [...this.misses] },
      { instrument: INSTRUMENTS.bypasses, points: [...this.bypasses] },
      { instrument: INSTRUMENTS.shadowChecks, points: [...this.shadow] },
      { instrument: INSTRUMENTS.shadowDifferences, points: this.differences() },
      single('loadsActive', this.activeLoads),
    ];
  }

  histogramOf(instrument: Instrument): readonly HistogramPoint[] {
    if (instrument === INSTRUMENTS.requestDuration) return [...this.answers];
    const operation = OPERATIONS.find((name) => INSTRUMENTS[DURATION_OF[name]] === instrument);
    return operation === undefined ? [] : [...this.operations[operation]];
  }

  private differences(): Point[] {
    return [...this.shadow]
      .filter(({ attributes }) => attributes[OUTCOME] === ('different' satisfies ShadowVerdict))
      .map(({ attributes, value }) => ({ attributes: { [TYPE]: attributes[TYPE]! }, value }));
  }

  private record(
    instrument: Instrument,
    { attributes, histogram }: HistogramPoint,
    durationMs: number,
  ): void {
    // A clock that is set back must not make a sum shrink.
    const seconds = Math.max(0, durationMs) / 1_000;
    histogram.record(seconds);
    this.onDuration?.(instrument, attributes, seconds);
  }
}

const OPERATIONS = Object.keys(DURATION_OF) as Operation[];

/** A number that is counted up in place. */
class Tally implements Point {
  value = 0;

  constructor(readonly attributes: Attributes) {}
}

/** @param type none where it is empty. */
function toAttributes(type: string, attribute: string, word: string): Attributes {
  return type === NO_TYPE ? { [attribute]: word } : { [TYPE]: type, [attribute]: word };
}
