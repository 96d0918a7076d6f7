import { Gate } from '../http/gate.js';

/** A source of which a test says when it answers, and whether. */
export class PlayedSource {
  /** Queries that were started. */
  runs = 0;
  failure: Error | undefined;
  /** Called when a query starts. */
  onStart: () => void = () => undefined;
  private readonly gates: Gate[] = [];

  /** The next query, or the one after those that are held already, takes until the gate is opened. */
  holdNext(): Gate {
    const gate = new Gate();
    this.gates.push(gate);
    return gate;
  }

  /** Brings the number of this query. */
  async query(): Promise<number> {
    const run = ++this.runs;
    this.onStart();
    await this.gates.shift()?.opened;
    if (this.failure !== undefined) throw this.failure;
    return run;
  }
}
