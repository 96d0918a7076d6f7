import { isDeepStrictEqual } from 'node:util';
import {
  isOlder,
  type PermanentKind,
  type PermanentRow,
} from '../../storage/repositories/permanent-rows.repository.js';

/** What carrying a row over does to the store: `'newer'` is what stands there, and stays. */
export const ROW_FATES = ['added', 'changed', 'same', 'newer'] as const;
export type RowFate = (typeof ROW_FATES)[number];

export function rowFate(kind: PermanentKind, row: PermanentRow, present: PermanentRow | undefined): RowFate {
  if (present === undefined) return 'added';
  if (isDeepStrictEqual(row, present)) return 'same';
  return isOlder(kind, row, present) ? 'newer' : 'changed';
}

/**
 * Whether a watermark says something else of the books than the one in its place. Entries of the company were made from
 * other books then, or nobody knows from which.
 */
export function tellsOfOtherBooks(watermark: PermanentRow, present: PermanentRow | undefined): boolean {
  return watermark['schema'] !== present?.['schema'] || watermark['maxIdAct'] !== present?.['maxIdAct'];
}
