import { BadRequestException, Controller, Get, Headers, Query } from '@nestjs/common';
import { Cacheable } from '../../../src/index.js';

/** What a source may do to a request; set by tests. */
export const source = { fails: false, refuses: false };

@Controller('reports')
export class Reports {
  @Get('ledger')
  @Cacheable({ type: 'ledger', scope: 'company' })
  ledger(@Query('companyId') companyId: string) {
    if (source.fails) throw new Error('the ledger of Smith & Sons has no row 4711');
    if (source.refuses) throw new BadRequestException();
    return { companyId, balance: 1 };
  }

  @Get('mine')
  @Cacheable({ type: 'mine' })
  mine(@Headers('authorization') authorization: string) {
    return { authorization };
  }

  @Get('odd')
  @Cacheable({ type: 'odd "type"\\\nwith {all=1}', condition: () => true })
  odd() {
    return 'odd';
  }

  @Get('off')
  @Cacheable({ type: 'off', condition: () => false })
  off() {
    return 'off';
  }
}
