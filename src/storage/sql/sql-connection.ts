import { type DialectName, type SqlText } from './dialect.js';

/** What may be bound: the drivers store a bigint as NULL, a Date as 0.0 and an object as `[object Object]`. */
export type SqlValue = number | string | Buffer | null;

/**
 * A database connection reduced to what hot paths need. Each SQL text is prepared once and its statement kept, so
 * texts must come from a small fixed set: values are bound, as `?`, never written into the text.
 */
export interface SqlConnection {
  readonly dialect: DialectName;
  /**
   * What the checksums of this database's entries begin with, so that rows of another one are not taken for its own;
   * 0 where no others can come in.
   */
  readonly checksumSeed: number;
  /**
   * Whether what is asked without waiting for answers is carried out in the order of the asking, and without waiting for
   * the client in between. See {@link inOrder}.
   */
  readonly isPipelined: boolean;
  /** The rows of a query. */
  all<Row>(text: SqlText, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs a statement and returns how many rows it changed; what its triggers change is not counted. */
  run(text: SqlText, parameters?: readonly SqlValue[]): Promise<number>;
  /** Runs `PRAGMA <text>`, never from a kept statement: many pragmas take effect when they are prepared. SQLite's only. */
  pragma<Row>(text: string): Promise<Row[]>;
  /** Gives the kept statements back. The connection itself belongs to its `DataSource`. */
  release(): Promise<void>;
}

/**
 * Steps that need nothing of one another's answers: one round trip for all where the connection is pipelined.
 * @throws what the first of them threw, once none of them asks for anything more.
 */
export async function inOrder<Results extends readonly unknown[]>(
  { isPipelined }: SqlConnection,
  ...steps: { readonly [Index in keyof Results]: () => Promise<Results[Index]> }
): Promise<Results> {
  const results: unknown[] = [];
  if (!isPipelined) for (const step of steps) results.push(await step());
  else
    for (const settled of await Promise.allSettled(steps.map((step) => step())))
      results.push(valueOf(settled));
  return results as unknown as Results;
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
