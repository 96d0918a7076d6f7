import { Injectable } from '@nestjs/common';

export interface TrialBalance {
  companyId: string;
  period: string;
  rows: { account: string; debit: string; credit: string }[];
}

/** The app's own report; not shown in the README. */
@Injectable()
export class ReportsService {
  runs = 0;

  trialBalance(companyId: string, period: string): Promise<TrialBalance> {
    this.runs++;
    return Promise.resolve({
      companyId,
      period,
      rows: [{ account: '601', debit: '125.00', credit: '0.00' }],
    });
  }
}
