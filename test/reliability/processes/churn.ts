import { setTimeout } from 'node:timers/promises';
import type { CacheService } from '../../../src/index.js';
import type { EntrySelector, Selectable } from '../../../src/common/entry-selector.js';
import { momentNow, type Change, type History, type Read, type Stamp } from './history.js';

export interface ChurnOptions {
  /** Which of the processes this is. */
  readonly process: number;
  readonly flows: number;
  readonly operations: number;
  readonly seed: number;
  /** No operation begins later than so long after the first, in milliseconds. Default: for ever. */
  readonly forMs?: number;
  /** Between two operations of a flow, in milliseconds. Default: none. */
  readonly pauseMs?: number;
}

const KEYS = 500;
const COMPANIES = 20;
const TYPES = 10;
const TAGS = 20;

/** All entries there are; their owners are spread so that every kind of drop hits some and spares most. */
export const TARGETS: readonly Selectable[] = Array.from({ length: KEYS }, (_, index) => ({
  key: `key-${index}`,
  type: `type-${index % TYPES}`,
  companyId: String(Math.floor(index / TYPES) % COMPANIES),
  username: null,
  tags: [`tag-${(index * 7) % TAGS}`],
}));

/** Flows of one process that read, load, set and drop at random, and note what they did and saw. */
export class Churn {
  private readonly changes: Change[] = [];
  private readonly reads: Read[] = [];
  private readonly failures: string[] = [];
  private readonly waits: number[] = [];
  private left: number;
  private sets = 0;

  constructor(
    private readonly cache: CacheService,
    private readonly options: ChurnOptions,
    private readonly random: (below: number) => number,
  ) {
    this.left = options.operations;
  }

  async run(): Promise<History> {
    await Promise.all(Array.from({ length: this.options.flows }, () => this.flow()));
    return this.history;
  }

  /** Reads every key once. */
  async readAll(): Promise<History> {
    for (const target of TARGETS) await this.attempt(() => this.get(target));
    return this.history;
  }

  private get history(): History {
    const { changes, reads, failures, waits } = this;
    return { changes, reads, failures, waits };
  }

  private async flow(): Promise<void> {
    const { forMs = Infinity, pauseMs } = this.options;
    const end = momentNow() + forMs;
    while (this.left > 0 && momentNow() < end) {
      this.left -= 1;
      if (pauseMs !== undefined) await setTimeout(pauseMs);
      const target = TARGETS[this.random(TARGETS.length)]!;
      await this.attempt(() => this.operate(target, this.random(1_000)));
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failures.push(String(error));
    }
  }

  private operate(target: Selectable, dice: number): Promise<void> {
    if (dice < 600) return this.getOrSet(target);
    if (dice < 940) return this.get(target);
    if (dice < 970) return this.set(target);
    return this.drop(target, dice);
  }

  private async get(target: Selectable): Promise<void> {
    const calledAt = momentNow();
    const stamp = (await this.cache.get<Stamp>(target.key)) ?? null;
    this.note(target, calledAt, stamp);
  }

  private async getOrSet(target: Selectable): Promise<void> {
    const calledAt = momentNow();
    let loadMs = 0;
    const load = async (): Promise<Stamp> => {
      const stamp = { key: target.key, load: momentNow() };
      await setTimeout(this.random(20));
      loadMs = momentNow() - stamp.load;
      return stamp;
    };
    this.note(target, calledAt, await this.cache.getOrSet(target.key, load, optionsOf(target)), loadMs);
  }

  private async set(target: Selectable): Promise<void> {
    this.sets += 1;
    const set = `${this.options.process}/${this.options.seed}/${this.sets}`;
    await this.change({ key: target.key }, set, async () => {
      const stamp: Stamp = { key: target.key, set };
      if (!(await this.cache.set(target.key, stamp, optionsOf(target))))
        this.failures.push('a set was not committed');
    });
  }

  private drop(target: Selectable, dice: number): Promise<void> {
    if (dice < 998) return this.change({ key: target.key }, undefined, () => this.cache.delete(target.key));
    const drops: readonly [EntrySelector, () => Promise<unknown>][] = [
      [{ companyId: target.companyId! }, () => this.cache.clearByCompany(target.companyId!)],
      [{ type: target.type }, () => this.cache.clearByType(target.type)],
      [{ tags: target.tags }, () => this.cache.clearByTag(target.tags[0]!)],
    ];
    const [selector, work] = drops[this.random(drops.length)]!;
    return this.change(selector, undefined, work);
  }

  private async change(
    selector: EntrySelector,
    set: string | undefined,
    work: () => Promise<unknown>,
  ): Promise<void> {
    const calledAt = momentNow();
    await work();
    this.changes.push({ process: this.options.process, selector, calledAt, resolvedAt: momentNow(), set });
  }

  private note(target: Selectable, calledAt: number, stamp: Stamp | null, loadMs = 0): void {
    this.waits.push(momentNow() - calledAt - loadMs);
    this.reads.push({ process: this.options.process, target, calledAt, stamp });
  }
}

function optionsOf({ type, companyId, tags }: Selectable) {
  return { type, companyId, tags };
}
