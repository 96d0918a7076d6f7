import { InvalidArgumentError } from './errors.js';

/** The tenant a report belongs to. 7 and `'7'` are the same company. */
export type CompanyId = number | string;

/** The one spelling of a company that is stored and compared; `undefined` for anything that is no {@link CompanyId}. */
export function readCompanyId(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && value.length > 0 && value.length <= 200 && value.isWellFormed())
    return value;
  return undefined;
}

/** @throws {InvalidArgumentError} naming `what` (an option, argument or route) when the value is no company. */
export function requireCompanyId(value: unknown, what: string): string {
  const companyId = readCompanyId(value);
  if (companyId === undefined) {
    throw new InvalidArgumentError(
      `${what} must be a whole number or a text of 1 to 200 characters, not ${describe(value)}`,
    );
  }
  return companyId;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.length === 0 ? 'an empty text' : 'this text';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
