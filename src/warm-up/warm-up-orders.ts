import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import type { CacheConfigRepository } from '../storage/repositories/cache-config.repository.js';
import { warmUpReport, type WarmUpReport } from './warm-up-report.js';
import type { ColdSelection } from './warm-up-selection.js';

/** A warm-up that somebody without an app of their own asks a running one for, and what became of it. */
export interface WarmUpOrder {
  readonly id: string;
  readonly selection: ColdSelection;
  /** `open`: no app has taken it; `taken`: one has, and tells of it every second; `ended`: `report` says how. */
  readonly state: 'open' | 'taken' | 'ended';
  /** As far as it has come; `null` while it waits for its turn. */
  readonly report: WarmUpReport | null;
}

/** An order, and when it was last heard of: epoch milliseconds. */
export interface NotedOrder {
  readonly order: WarmUpOrder;
  readonly notedAt: number;
}

/** Where the store has them; hidden from `CacheConfigService`. */
const ORDER_KEY = 'reports-cache:warm-up-order';
const CANCEL_KEY = 'reports-cache:warm-up-cancel';

/** An order that was not heard of for so long is nobody's any more. Milliseconds. */
export const ORDER_LOST_AFTER_MS = 30_000;

const schema = z.object({
  id: z.string(),
  selection: z.object({
    key: z.string().optional(),
    type: z.string().optional(),
    companyId: z.string().optional(),
  }),
  state: z.enum(['open', 'taken', 'ended']),
  report: warmUpReport.nullable(),
}) satisfies z.ZodType<WarmUpOrder>;

/**
 * What is asked of the warm-ups of all processes that share the store: one order at a time, which one of them takes,
 * and the word to end, which all of them heed. Every method throws what the store throws.
 */
export class WarmUpOrders {
  /** The last word to end that this process knows of; `undefined`: it has not looked yet. */
  private heeded: string | null | undefined;

  constructor(
    private readonly config: CacheConfigRepository,
    private readonly clock: Clock,
  ) {}

  /** `undefined` while another one is under way. */
  async place(selection: ColdSelection): Promise<WarmUpOrder | undefined> {
    const order: WarmUpOrder = { id: randomUUID(), selection, state: 'open', report: null };
    const known = await this.config.find(ORDER_KEY);
    if (known !== null && this.isUnderWay(toNoted(known))) return undefined;
    return (await this.swap(known?.value ?? null, order)) ? order : undefined;
  }

  /** The order of this id; `undefined` when there is none, or another by now. */
  async find(id: string): Promise<NotedOrder | undefined> {
    const noted = await this.latest();
    return noted?.order.id === id ? noted : undefined;
  }

  /** The one that is under way, if any. */
  async underWay(): Promise<WarmUpOrder | undefined> {
    const noted = await this.latest();
    return noted !== undefined && this.isUnderWay(noted) ? noted.order : undefined;
  }

  /** The order that no app has taken, for this one alone. */
  async take(): Promise<WarmUpOrder | undefined> {
    const known = await this.config.find(ORDER_KEY);
    const noted = known === null ? undefined : toNoted(known);
    if (noted?.order.state !== 'open' || !this.isUnderWay(noted)) return undefined;
    const taken: WarmUpOrder = { ...noted.order, state: 'taken' };
    return (await this.swap(known!.value, taken)) ? taken : undefined;
  }

  /** Says how far an order has come that this process has taken. */
  async note(order: WarmUpOrder): Promise<void> {
    await this.config.upsert(ORDER_KEY, JSON.stringify(order), this.clock.now());
  }

  /** Takes an order back. @returns whether no app had taken it. */
  async withdraw({ id }: WarmUpOrder): Promise<boolean> {
    const known = await this.config.find(ORDER_KEY);
    const order = known === null ? undefined : toNoted(known)?.order;
    if (order?.id !== id || order.state !== 'open') return false;
    return this.config.removeIf(ORDER_KEY, known!.value);
  }

  /** Tells all other processes to end their warm-ups. */
  async tellToCancel(): Promise<void> {
    const word = randomUUID();
    await this.config.upsert(CANCEL_KEY, word, this.clock.now());
    this.heeded = word;
  }

  /** Whether another process has said so since this one last looked; `false` when it looks for the first time. */
  async isToldToCancel(): Promise<boolean> {
    const word = (await this.config.find(CANCEL_KEY))?.value ?? null;
    const isNews = this.heeded !== undefined && this.heeded !== word;
    this.heeded = word;
    return isNews;
  }

  private async latest(): Promise<NotedOrder | undefined> {
    const known = await this.config.find(ORDER_KEY);
    return known === null ? undefined : toNoted(known);
  }

  private isUnderWay(noted: NotedOrder | undefined): boolean {
    if (noted === undefined || noted.order.state === 'ended') return false;
    return this.clock.now() - noted.notedAt <= ORDER_LOST_AFTER_MS;
  }

  private swap(known: string | null, order: WarmUpOrder): Promise<boolean> {
    return this.config.replaceIf(ORDER_KEY, known, JSON.stringify(order), this.clock.now());
  }
}

/** `undefined` for what no version of this module wrote. */
function toNoted({ value, updatedAt }: { value: string; updatedAt: number }): NotedOrder | undefined {
  try {
    return { order: schema.parse(JSON.parse(value)), notedAt: Number(updatedAt) };
  } catch {
    return undefined;
  }
}
