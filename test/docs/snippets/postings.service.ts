import { Injectable } from '@nestjs/common';

export interface Posting {
  companyId: string;
  account: string;
  amount: string;
}

/** The app's own bookkeeping; not shown in the README. */
@Injectable()
export class PostingsService {
  readonly booked: Posting[] = [];

  post(posting: Posting): Promise<void> {
    this.booked.push(posting);
    return Promise.resolve();
  }
}
