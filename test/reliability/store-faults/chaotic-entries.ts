import { setTimeout } from 'node:timers/promises';
import type { EntrySelector } from '../../../src/common/entry-selector.js';
import type { EntryLookup, StoredEntry } from '../../../src/storage/entries/entry.js';
import {
  CacheEntryRepository,
  type OnRemoved,
} from '../../../src/storage/repositories/cache-entry.repository.js';
import { seededRandom } from '../../support/seeded-random.js';

export const FAULTS = ['throws', 'hangs', 'crawls'] as const;
export type Fault = (typeof FAULTS)[number];

/** How long a call takes that crawls: well past the timeout of these tests. */
const CRAWL_MS = 300;

/** The repository of entries, a share of whose calls goes wrong. */
export class ChaoticEntries extends CacheEntryRepository {
  /** Lookups that got as far as this. */
  asked = 0;
  private readonly random = seededRandom(1);
  private chaos: { fault: Fault; percent: number; over: Promise<void> } | undefined;
  private lastWrite: Promise<void> = Promise.resolve();
  private end = (): void => undefined;

  begin(fault: Fault, percent: number): void {
    const over = new Promise<void>((resolve) => (this.end = resolve));
    this.chaos = { fault, percent, over };
  }

  /** What hangs goes on. */
  stop(): void {
    this.chaos = undefined;
    this.end();
  }

  override async find(key: string): Promise<EntryLookup> {
    this.asked += 1;
    await this.suffer();
    return super.find(key);
  }

  override async put(entry: StoredEntry, knowing?: number): Promise<boolean> {
    await this.sufferInTurn();
    return super.put(entry, knowing);
  }

  override async remove(selector: EntrySelector, onRemoved?: OnRemoved): Promise<number> {
    await this.sufferInTurn();
    return super.remove(selector, onRemoved);
  }

  /** Writes stay in their order, as in the gate: one that hangs holds up all that come after it. */
  private sufferInTurn(): Promise<void> {
    const turn = this.lastWrite.then(() => this.suffer());
    this.lastWrite = turn.catch(() => undefined);
    return turn;
  }

  private async suffer(): Promise<void> {
    if (this.chaos === undefined || this.random(100) >= this.chaos.percent) return;
    const { fault, over } = this.chaos;
    if (fault === 'throws') throw new Error('the disk is gone');
    await (fault === 'hangs' ? over : setTimeout(CRAWL_MS));
  }
}
