import { Body, Controller, Post, StandardSchemaValidationPipe, UseGuards, UsePipes } from '@nestjs/common';
import { CacheEvict, periodTag } from 'nestjs-reports-cache';
import { AccessGuard } from '../auth/access.guard.js';
import { companyOf } from '../auth/company-of.js';
import { type ReportRequest } from '../auth/users.js';
import { newOrder, type NewOrder } from './new-order.js';
import { type BookedOrder, OrdersService } from './orders.service.js';

/** Asked when the order is booked, so the body is one that the pipe has let pass. */
function monthTagOf(request: ReportRequest): string[] {
  const { date } = request.body as NewOrder;
  return [periodTag(date.slice(0, 7))];
}

@Controller('orders')
@UseGuards(AccessGuard)
@UsePipes(new StandardSchemaValidationPipe())
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /**
   * Books an order. The reports of its company that are made of its month, which are that month's and all later ones,
   * are gone before the answer leaves; those of earlier months stay.
   */
  @Post()
  @CacheEvict({ company: companyOf, tags: monthTagOf })
  book(@Body({ schema: newOrder }) order: NewOrder): Promise<BookedOrder> {
    return this.orders.book(order);
  }
}
