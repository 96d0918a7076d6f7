import { z } from 'zod';
import { isInBooks, NOT_IN_BOOKS } from '../erp/book-years.js';
import { companyId } from '../erp/company-id.js';

const amount = z
  .number({ error: 'must be a number' })
  .min(0, { error: 'must not be negative' })
  .max(1_000_000, { error: 'must not be above 1,000,000' });

const code = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });

const newOrderLine = z.object({
  /** A code of the ledger's products, such as `FUR-BO-10001798`. */
  product: code,
  quantity: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be 1 or more' }).max(10_000, {
    error: 'must not be above 10,000',
  }),
  unitPrice: amount,
  unitCost: amount,
  discountPercent: z
    .int({ error: 'must be a whole number' })
    .min(0, { error: 'must not be negative' })
    .max(100, { error: 'must not be above 100' })
    .default(0),
});

/** The body of `POST /orders`. */
export const newOrder = z.object(
  {
    companyId,
    date: z.iso
      .date({ error: 'must be a day, such as 2025-11-28', abort: true })
      .refine(isInBooks, { error: NOT_IN_BOOKS }),
    /** A code of the ledger's customers, such as `CG-12520`. */
    customer: code,
    lines: z
      .array(newOrderLine, { error: 'must be a list of order lines' })
      .min(1, { error: 'must not be empty' })
      .max(500, { error: 'must not have more than 500 lines' }),
  },
  { error: 'the body must be a JSON object' },
);

export type NewOrder = z.output<typeof newOrder>;
export type NewOrderLine = z.output<typeof newOrderLine>;
