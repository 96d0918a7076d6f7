import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { DataKeeper } from '../common/data-keeper.js';
import { InvalidArgumentError } from '../common/errors.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import type { CacheAuditEntry } from '../storage/entities/cache-audit-entry.entity.js';
import { CacheAuditRepository } from '../storage/repositories/cache-audit.repository.js';

/** What something was done to; what does not apply is left out. */
export interface AuditTarget {
  key?: string;
  type?: string;
  companyId?: string;
  tag?: string;
  username?: string;
}

/** Something that somebody does to the cache by hand. */
export interface AuditedAction {
  /** Who does it; `null`: nobody is named. */
  username: string | null;
  /** Such as `'clear-company'`. */
  action: string;
  target: AuditTarget;
  /** What is set. Default: nothing is. */
  value?: string;
  outcome: 'done' | 'failed';
  /** Entries that went. Default: none could. */
  removed?: number;
}

export interface AuditEntry extends AuditedAction {
  id: number;
  /** Epoch milliseconds. */
  at: number;
}

const KEPT_MS = 400 * 86_400_000;

const KEPT_ROWS = 10_000;

const MAX_LIMIT = 200;

/** Who did what to the cache by hand: the newest 10,000 rows of the last 400 days. */
@Injectable()
export class AuditLogService implements DataKeeper {
  constructor(
    private readonly rows: CacheAuditRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws what the store throws; then nothing is recorded. */
  async record({ username, action, target, value, outcome, removed }: AuditedAction): Promise<void> {
    const timestamp = this.clock.now();
    await this.rows.append(
      {
        ...{ timestamp, username, action, outcome, target: JSON.stringify(target) },
        companyId: target.companyId ?? null,
        subject: target.username ?? null,
        value: value ?? null,
        removed: removed ?? null,
      },
      { since: timestamp - KEPT_MS, maxRows: KEPT_ROWS },
    );
  }

  /**
   * The newest rows first.
   * @param before the id that the page before ended with. Default: from the newest on.
   * @throws {InvalidArgumentError} when the limit is no whole number from 1 to 200; what the store throws.
   */
  async list(limit = 50, before?: number): Promise<AuditEntry[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new InvalidArgumentError(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
    return (await this.rows.list(limit, before)).map(toEntry);
  }

  async forgetCompany(companyId: string): Promise<void> {
    await this.rows.removeCompany(companyId);
  }

  async forgetUser(username: string): Promise<void> {
    await this.rows.removeUser(username);
  }
}

function toEntry({ id, timestamp: at, target, outcome, ...row }: CacheAuditEntry): AuditEntry {
  return {
    ...{ id, at, username: row.username, action: row.action },
    target: readTarget(target),
    value: row.value ?? undefined,
    outcome: outcome === 'done' ? 'done' : 'failed',
    removed: row.removed ?? undefined,
  };
}

/** What cannot be read is nothing: a damaged row must not take the list down. */
function readTarget(text: string): AuditTarget {
  try {
    const target = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(
      TARGET_KEYS.flatMap((key) => (typeof target[key] === 'string' ? [[key, target[key]]] : [])),
    );
  } catch {
    return {};
  }
}

const TARGET_KEYS = ['key', 'type', 'companyId', 'tag', 'username'] as const satisfies (keyof AuditTarget)[];
