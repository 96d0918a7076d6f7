import { Body, Controller, Post, StandardSchemaValidationPipe, UseGuards, UsePipes } from '@nestjs/common';
import { CacheEvict } from 'nestjs-reports-cache';
import { AccessGuard } from '../auth/access.guard.js';
import { companyOf } from '../auth/company-of.js';
import { newOrder, type NewOrder } from './new-order.js';
import { type BookedOrder, OrdersService } from './orders.service.js';

@Controller('orders')
@UseGuards(AccessGuard)
@UsePipes(new StandardSchemaValidationPipe())
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** Books an order; the reports of its company are gone before the answer leaves. */
  @Post()
  @CacheEvict({ company: companyOf })
  book(@Body({ schema: newOrder }) order: NewOrder): Promise<BookedOrder> {
    return this.orders.book(order);
  }
}
