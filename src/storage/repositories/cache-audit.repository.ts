import { type Database } from '../database.js';
import { type CacheAuditEntry } from '../entities/cache-audit-entry.entity.js';

/** A row of the audit log before it has an id. */
export type AuditRow = Omit<CacheAuditEntry, 'id'>;

/** What is kept of the audit log. */
export interface AuditBounds {
  /** Rows from this instant on, in epoch milliseconds. */
  readonly since: number;
  /** The newest so many at the most. */
  readonly maxRows: number;
}

interface StoredRow {
  readonly id: number;
  readonly timestamp: number;
  readonly username: string | null;
  readonly action: string;
  readonly target: string;
  readonly company_id: string | null;
  readonly subject: string | null;
  readonly value: string | null;
  readonly outcome: string;
  readonly removed: number | null;
}

/** Who did what to the cache by hand. */
export class CacheAuditRepository {
  constructor(private readonly database: Database) {}

  /** Appends a row, and removes those beyond the bounds, in one transaction. */
  async append(row: AuditRow, { since, maxRows }: AuditBounds): Promise<void> {
    const { timestamp, username, action, target, companyId, subject, value, outcome, removed } = row;
    await this.database.write(async (_manager, sql) => {
      await sql.run(APPEND, [
        ...[timestamp, username, action, target, companyId],
        ...[subject, value, outcome, removed],
      ]);
      await sql.run(REMOVE_SURPLUS, [since, maxRows]);
    });
  }

  /** The newest rows with an id below `before`, the newest first. */
  async list(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<CacheAuditEntry[]> {
    const rows = await this.database.survey((_manager, sql) => sql.all<StoredRow>(LIST, [before, limit]));
    return rows.map(({ company_id: companyId, ...row }) => ({
      ...row,
      companyId,
      id: Number(row.id),
      timestamp: Number(row.timestamp),
      removed: row.removed === null ? null : Number(row.removed),
    }));
  }

  /** Removes what was done to a company's entries. */
  async removeCompany(companyId: string): Promise<void> {
    await this.database.write((_manager, sql) =>
      sql.run('DELETE FROM cache_audit_log WHERE company_id = ?', [companyId]),
    );
  }

  /** Removes what was done to a user, and the name from what the user did. */
  async removeUser(username: string): Promise<void> {
    await this.database.write(async (_manager, sql) => {
      await sql.run('DELETE FROM cache_audit_log WHERE subject = ?', [username]);
      await sql.run('UPDATE cache_audit_log SET username = NULL WHERE username = ?', [username]);
    });
  }
}

const APPEND = `
  INSERT INTO cache_audit_log (timestamp, username, action, target, company_id, subject, value, outcome, removed)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const REMOVE_SURPLUS = `
  DELETE FROM cache_audit_log
  WHERE timestamp < ? OR id <= (SELECT MAX(id) FROM cache_audit_log) - ?`;

const LIST = `
  SELECT id, timestamp, username, action, target, company_id, subject, value, outcome, removed
  FROM cache_audit_log WHERE id < ? ORDER BY id DESC LIMIT ?`;
