import { createHash } from 'node:crypto';
import { ModuleLogger } from '../../common/module-logger.js';
import { type SqlText, textFor } from '../sql/dialect.js';

/** A statement as the npm package `pg` takes it, but for its values. */
export interface Statement {
  /** The server keeps it prepared under this name; `undefined`: it is parsed anew each time. */
  readonly name?: string;
  readonly text: string;
  /** The parameters that are JSON, from 1. */
  readonly json: ReadonlySet<number>;
}

/**
 * Our texts in the words of PostgreSQL: parameters numbered, and every table with its schema. Rejected: `search_path`,
 * which is a setting of the session, and a pooler in transaction mode gives every transaction another session.
 */
export class Statements {
  private readonly logger = new ModuleLogger();
  private readonly kept = new Map<string, Statement>();
  private readonly tables: RegExp;

  /**
   * @param schema a name that needs no escaping
   * @param tables those that get the schema's name before theirs, unless they are written as a text
   * @param named whether the server keeps them prepared
   */
  constructor(
    private readonly schema: string,
    tables: readonly string[],
    private named: boolean,
  ) {
    this.tables = new RegExp(`(?<![\\w."'])(${tables.join('|')})(?!\\w)`, 'g');
  }

  of(text: SqlText): Statement {
    const own = textFor('postgres', text);
    const kept = this.kept.get(own);
    if (kept) return kept;
    const statement = this.translate(own);
    this.kept.set(own, statement);
    return statement;
  }

  /** From now on, because a pooler gives sessions away with what is prepared in them. Warns the first time. */
  stopNaming(): void {
    if (!this.named) return;
    this.named = false;
    this.kept.clear();
    this.logger.warn(
      'A pooler before PostgreSQL does not follow prepared statements; the cache goes on without them. ' +
        'Set "database.preparedStatements" to false',
    );
  }

  /** The text with every table in its schema, as migrations take it. */
  qualify(text: string): string {
    return text.replace(this.tables, `"${this.schema}".$1`);
  }

  private translate(own: string): Statement {
    let number = 0;
    const text = this.qualify(own).replace(/\?/g, () => `$${(number += 1)}`);
    const json = new Set([...text.matchAll(/CAST\(\$(\d+) AS json\)/g)].map(([, index]) => Number(index)));
    return { text, json, ...(this.named && { name: nameOf(text) }) };
  }
}

/** Of its text, so that a session that a pooler gives to another process keeps the same under it. */
function nameOf(text: string): string {
  return `reports_cache_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
