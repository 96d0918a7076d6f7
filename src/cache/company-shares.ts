import type { MemoryEntry } from './memory-entry.js';

interface Holding {
  entries: number;
  bytes: number;
}

/** What each company holds of the memory tier. Entries of no company count for nobody. */
export class CompanyShares {
  private readonly holdings = new Map<string, Holding>();
  /** What each entry was charged: by the time it goes it may weigh more. */
  private readonly charged = new WeakMap<MemoryEntry, number>();

  /** @param most what one company may hold before it makes room itself. */
  constructor(private readonly most: Readonly<Holding>) {}

  /** Whether the company holds as much as it may. */
  isUsedUp(companyId: string): boolean {
    const holding = this.holdings.get(companyId);
    return (
      holding !== undefined && (holding.entries >= this.most.entries || holding.bytes >= this.most.bytes)
    );
  }

  added(entry: MemoryEntry, bytes: number): void {
    this.charged.set(entry, bytes);
    this.change(entry, 1, bytes);
  }

  removed(entry: MemoryEntry): void {
    this.change(entry, -1, -(this.charged.get(entry) ?? 0));
  }

  private change({ companyId }: MemoryEntry, entries: number, bytes: number): void {
    if (companyId === null) return;
    const holding = this.holdings.get(companyId) ?? { entries: 0, bytes: 0 };
    holding.entries += entries;
    holding.bytes += bytes;
    if (holding.entries > 0) this.holdings.set(companyId, holding);
    else this.holdings.delete(companyId);
  }
}
