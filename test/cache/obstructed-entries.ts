import { CacheEntryRepository } from '../../src/index.js';
import type { EntrySelector } from '../../src/common/entry-selector.js';
import type { EntryLookup, StoredEntry } from '../../src/storage/entries/entry.js';
import type { OnRemoved } from '../../src/storage/repositories/cache-entry.repository.js';
import { startCacheApp, type CacheApp, type CacheAppOptions } from '../module/cache-app.js';
import { Gate } from './gate.js';

/** The repository with a hand on it: its calls can throw or hang, and its answers can be held back. */
export class ObstructedEntries extends CacheEntryRepository {
  obstacle: 'none' | 'throws' | 'hangs' = 'none';
  finds = 0;
  puts = 0;
  /** What a read has found waits here before it is answered. */
  readonly readAnswers = new Gate();

  override async find(key: string): Promise<EntryLookup> {
    this.finds += 1;
    await this.meetObstacle();
    const found = await super.find(key);
    await this.readAnswers.pass();
    return found;
  }

  override async put(entry: StoredEntry, knowing?: number): Promise<boolean> {
    this.puts += 1;
    if (this.obstacle !== 'none') await this.meetObstacle();
    return super.put(entry, knowing);
  }

  override async remove(selector: EntrySelector, onRemoved?: OnRemoved): Promise<number> {
    if (this.obstacle !== 'none') await this.meetObstacle();
    return super.remove(selector, onRemoved);
  }

  private meetObstacle(): Promise<void> {
    if (this.obstacle === 'throws') return Promise.reject(new Error('the disk is gone'));
    return this.obstacle === 'hangs' ? new Promise(() => undefined) : Promise.resolve();
  }
}

/** An app whose store can be obstructed, and the hand on it. */
export async function startObstructedApp(
  options: CacheAppOptions = {},
): Promise<CacheApp & { entries: ObstructedEntries }> {
  const app = await startCacheApp({ ...options, entries: ObstructedEntries });
  return { ...app, entries: app.get(CacheEntryRepository) as ObstructedEntries };
}
