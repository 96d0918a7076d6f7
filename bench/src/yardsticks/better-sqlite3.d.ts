/** The part that the yardsticks and Kysely use; the package brings no types of its own. */
declare module 'better-sqlite3' {
  interface Statement {
    readonly reader: boolean;
    all(parameters: readonly unknown[]): unknown[];
    run(...parameters: unknown[]): { changes: number; lastInsertRowid: number };
    get(...parameters: unknown[]): unknown;
    iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
  }
  export default class Database {
    constructor(path: string);
    pragma(text: string): unknown;
    exec(text: string): this;
    prepare(text: string): Statement;
    close(): void;
  }
}
