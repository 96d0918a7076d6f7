import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { WarmUpOrder, WarmUpOrders } from './warm-up-orders.js';
import type { WarmUpService } from './warm-up.service.js';

const LOOK_EVERY_MS = 1_000;

/** Does what others ask this process's warm-ups for through the store: one order at a time, and the word to end. */
export class OrderTaker {
  private readonly logger = new ModuleLogger();
  private readonly looking = new PeriodicTask(LOOK_EVERY_MS, () => this.look());
  private serving: WarmUpOrder | undefined;
  private answered: Promise<void> = Promise.resolve();

  constructor(
    private readonly orders: WarmUpOrders,
    private readonly service: WarmUpService,
  ) {}

  start(): void {
    this.looking.start();
  }

  /** Resolves when the order that was taken has been answered: end the service's warm-ups first. */
  async stop(): Promise<void> {
    await this.looking.stop();
    await this.answered;
  }

  private async look(): Promise<void> {
    try {
      if (await this.orders.isToldToCancel()) this.service.cancel();
      await (this.serving === undefined ? this.takeNext() : this.tellOf(this.serving));
    } catch (error) {
      this.logger.debug(`Could not look for what warm-ups are asked for: ${messageOf(error)}`);
    }
  }

  private async takeNext(): Promise<void> {
    const order = await this.orders.take();
    if (order === undefined) return;
    this.serving = order;
    this.answered = this.serve(order);
  }

  private async serve(order: WarmUpOrder): Promise<void> {
    const report = await this.service.start('command', [order.selection]);
    // Before its end is told: nothing may be told of it afterwards.
    this.serving = undefined;
    // Who waits for it finds it lost when the store cannot be told.
    await this.orders.note({ ...order, state: 'ended', report }).catch(() => undefined);
  }

  /** Also while it waits for its turn, so that who waits knows that somebody is at it. */
  private async tellOf(order: WarmUpOrder): Promise<void> {
    const { running } = this.service.progress();
    await this.orders.note({ ...order, report: running?.cause === 'command' ? running : null });
  }
}
