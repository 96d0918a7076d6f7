import { ErpConnection, type SqlParameters } from './erp-connection.js';

/**
 * The books. Every query and every transaction has a connection of its own rather than one of a pool: `sqlite3`
 * finalises statements on the main thread, which would wait there for whatever else runs on the same connection.
 */
export class ErpDatabase {
  constructor(private readonly path: string) {}

  async read<Row>(sql: string, parameters: SqlParameters): Promise<Row[]> {
    return this.connected('read', (connection) => connection.all<Row>(sql, parameters));
  }

  /** Commits what `work` has written, or nothing when it throws. */
  async transaction<T>(work: (connection: ErpConnection) => Promise<T>): Promise<T> {
    return this.connected('write', async (connection) => {
      await connection.exec('BEGIN IMMEDIATE');
      const result = await work(connection); // When this throws, closing the connection rolls back.
      await connection.exec('COMMIT');
      return result;
    });
  }

  private async connected<T>(
    access: 'read' | 'write',
    work: (connection: ErpConnection) => Promise<T>,
  ): Promise<T> {
    const connection = await ErpConnection.open(this.path, access);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }
}
