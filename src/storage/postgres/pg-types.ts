/** The part of the npm package `pg` that is used; its own types would leak an optional package into ours. */
export interface PgResult {
  readonly command: string;
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

export interface PgQuery {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

export interface PgClient {
  query(query: PgQuery, values?: unknown[], ...others: unknown[]): Promise<PgResult>;
  on(event: 'error', listener: (error: unknown) => void): void;
  off(event: 'error', listener: (error: unknown) => void): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

// A class that is extended takes `any` arguments (TS2545).
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type PgClientType = new (...args: any[]) => PgClient;

export interface PgPoolClient extends PgClient {
  /** Of the server's process, as it was told to the client. */
  readonly processID?: number;
  /** @param destroy instead of giving it back to the pool */
  release(destroy?: boolean): void;
}

export interface PgPool {
  connect(): Promise<PgPoolClient>;
  on(event: 'acquire' | 'remove', listener: (client: PgClient) => void): void;
}

export interface PgTypes {
  getTypeParser(oid: number, format?: string): (value: string) => unknown;
}

const INT8 = 20;
const NUMERIC = 1_700;

/**
 * Whole numbers of 64 bits and sums of them as numbers, exact up to 2^53: all of ours are times, sizes and counts. By
 * itself `pg` makes texts of them. Of these connections alone, so that those of the app stay as they are.
 * @see https://node-postgres.com/features/types
 */
export function numbersAsNumbers(types: PgTypes): PgTypes {
  return {
    getTypeParser: (oid, format) =>
      format !== 'binary' && (oid === INT8 || oid === NUMERIC) ? Number : types.getTypeParser(oid, format),
  };
}
