import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import { requireText } from '../common/text.js';

/** What to warm up: requests that meet every given condition. */
export interface WarmUpSelection {
  /** Of the entry, as `cache_entries` has it. */
  readonly key?: string;
  readonly type?: string;
  readonly companyId?: CompanyId;
}

/** The same in the one spelling that is stored. */
export interface ColdSelection extends WarmUpSelection {
  readonly companyId?: string;
}

/** As long as a key can be. */
const MAX_KEY_LENGTH = 2_048;

/** @throws {InvalidArgumentError} naming the condition that is none. */
export function toColdSelection({ key, type, companyId }: WarmUpSelection): ColdSelection {
  return {
    key: key === undefined ? undefined : requireText(key, 'key', MAX_KEY_LENGTH),
    type: type === undefined ? undefined : requireText(type, 'type'),
    companyId: companyId === undefined ? undefined : requireCompanyId(companyId, 'companyId'),
  };
}
