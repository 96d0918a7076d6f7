import { z } from 'zod';

/** One of the four companies, as a number or, from a query, as its digit. */
export const companyId = z
  .union([z.literal([1, 2, 3, 4]), z.literal(['1', '2', '3', '4'])], { error: 'must be 1, 2, 3 or 4' })
  .transform(Number);
