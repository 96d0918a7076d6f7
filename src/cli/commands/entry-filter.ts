import type { Command as Commander } from 'commander';
import { requireCompanyId } from '../../common/company-id.js';
import type { EntrySelector } from '../../common/entry-selector.js';
import { InvalidArgumentError } from '../../common/errors.js';
import { oneLine } from '../../common/one-line.js';
import { requireText } from '../../common/text.js';
import { usageError } from '../exit-codes.js';

/** Which entries a command is about: those that meet every condition given. */
export interface FilterOptions {
  readonly type?: string;
  readonly company?: string;
  readonly tag?: readonly string[];
  readonly key?: string;
}

const LONGEST_KEY = 65_536;

export function describeFilter(command: Commander): void {
  command
    .option('--type <type>', 'entries of this type')
    .option('--company <id>', 'entries of this company')
    .option('--tag <tag...>', 'entries with any of these tags')
    .option('--key <key>', 'the entry with exactly this key');
}

/** @throws {CommandError} usage, for a value that no entry can have. */
export function toSelector({ type, company, tag, key }: FilterOptions): EntrySelector {
  try {
    return {
      ...(type !== undefined && { type: requireText(type, '--type') }),
      ...(company !== undefined && { companyId: requireCompanyId(company, '--company') }),
      ...(tag !== undefined && { tags: tag.map((each) => requireText(each, '--tag')) }),
      ...(key !== undefined && { key: requireText(key, '--key', LONGEST_KEY) }),
    };
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw usageError(error.message);
    throw error;
  }
}

/** Such as `of the type sales and the company 7`; empty for a selector of everything. */
export function inWords({ type, companyId, tags, key }: EntrySelector): string {
  const conditions = [
    type !== undefined && `the type ${type}`,
    companyId !== undefined && `the company ${companyId}`,
    tags !== undefined && `the ${tags.length === 1 ? 'tag' : 'tags'} ${tags.join(' or ')}`,
    key !== undefined && `the key ${key}`,
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? '' : oneLine(` of ${conditions.join(' and ')}`);
}
