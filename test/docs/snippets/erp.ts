import { Injectable } from '@nestjs/common';

export interface BooksState {
  company: string;
  schema: string;
  maxId: number;
  count: number;
  changedAt: Date;
}

/** The app's own source; not shown in the README. */
@Injectable()
export class Erp {
  readonly changedAt = new Date(0);
  maxId = 1;

  statesOf(companies: readonly string[]): Promise<BooksState[]> {
    const { maxId, changedAt } = this;
    return Promise.resolve(
      companies.map((company) => ({ company, schema: `c${company}`, maxId, count: maxId, changedAt })),
    );
  }
}
