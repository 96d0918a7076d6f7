import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ResolvedSqliteOptions } from '../../../src/common/options.js';
import { matches, type EntrySelector } from '../../../src/common/entry-selector.js';
import { Database } from '../../../src/storage/database.js';
import type { EntryLookup } from '../../../src/storage/entries/entry.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { someEntry } from '../../storage/some-entry.js';
import { tempFolder } from '../../support/temp-folder.js';
import { seededRandom, type Random } from '../../support/seeded-random.js';
import { damages } from './damages.js';
import { makeSoundFile, type FileImage, type SoundFile } from './sound-file.js';

export interface DamageResult {
  damages: number;
  /** Answers that were never stored under their key, with the damage that brought them. */
  wrong: string[];
  /** Answers that were right. */
  right: number;
  /**
   * Answers that a drop of their company, type or tag did not find, because an index was damaged and could still be
   * read, and that were answers after it.
   */
  undropped: string[];
  /** Files set aside. */
  setAside: number;
  /** Milliseconds until something could be stored and read: after opening, or after all had been read. */
  usableAfter: number[];
}

/** Beyond it a file counts as never usable again. */
const GIVE_UP_MS = 10_000;

const DROPS: readonly EntrySelector[] = [{ companyId: '3' }, { type: 'trial-balance' }, { tags: ['ledger'] }];

const FRESH = someEntry({ key: 'stored after the damage' });

/**
 * Damages a file with known content, every other time while it is open, and looks at all that can be read of it.
 * @param vandal overwrites open files, see `vandal.child.ts`
 */
export async function runDamages(count: number, seed: number, vandal: ChildProcess): Promise<DamageResult> {
  const sound = await makeSoundFile();
  const random = seededRandom(seed);
  const folder = tempFolder();
  const result: DamageResult = {
    damages: 0,
    wrong: [],
    right: 0,
    undropped: [],
    setAside: 0,
    usableAfter: [],
  };
  const kinds = Object.keys(damages);
  for (; result.damages < count; result.damages += 1) {
    const kind = kinds[random(kinds.length)]!;
    const round = new DamageRound(join(folder, String(result.damages)), sound, random, vandal);
    await round.run(kind, result);
  }
  return result;
}

class DamageRound {
  private readonly options: ResolvedSqliteOptions;
  private readonly database: Database;
  private readonly entries: CacheEntryRepository;

  constructor(
    private readonly folder: string,
    private readonly sound: SoundFile,
    private readonly random: Random,
    private readonly vandal: ChildProcess,
  ) {
    const type = random(2) === 0 ? 'sqlite' : 'better-sqlite3';
    this.options = { type, path: join(folder, 'cache.sqlite'), busyTimeoutMs: 5_000 };
    this.database = new Database(this.options);
    this.entries = new CacheEntryRepository(this.database);
  }

  async run(kind: string, result: DamageResult): Promise<void> {
    mkdirSync(this.folder);
    const open = this.random(2) === 0;
    const image = this.damaged(kind);
    if (open) await this.damageWhileOpen(image);
    else {
      write(this.options.path, image);
      writeFileSync(`${this.options.path}-lock`, this.sound.lock);
    }
    const startedAt = performance.now();
    await this.database.open();
    const description = `${kind}, ${open ? 'open' : 'closed'}, ${this.options.type}`;
    const atFirst = await this.usableSince(startedAt, description);
    await this.readAll(description, result);
    const afterReading = await this.usableSince(performance.now(), description);
    result.usableAfter.push(Math.max(atFirst, afterReading));
    await this.dropSome(description, result);
    await this.database.close();
    result.setAside += readdirSync(this.folder).filter((name) => /damaged-\w+Z$/.test(name)).length;
    rmSync(this.folder, { recursive: true });
  }

  private damaged(kind: string): FileImage {
    const image = { main: Buffer.from(this.sound.image.main), wal: Buffer.from(this.sound.image.wal) };
    damages[kind]!(image, this.random, this.sound);
    return image;
  }

  private async damageWhileOpen(image: FileImage): Promise<void> {
    const { path } = this.options;
    write(path, this.sound.image);
    write(`${path}.to-be`, image);
    await this.database.open();
    const pairs = ['', '-wal'].map((end) => [`${path}.to-be${end}`, path + end]);
    const done = once(this.vandal, 'message');
    this.vandal.send(pairs);
    await done;
  }

  /** What cannot be read is a miss, as it is to the cache. */
  private async readAll(description: string, result: DamageResult): Promise<void> {
    for (const [key, stored] of this.sound.history) {
      const found = await this.entries.find(key).catch((): EntryLookup => 'absent');
      if (typeof found === 'string') continue;
      if (stored.some((entry) => isDeepStrictEqual(found, entry))) result.right += 1;
      else result.wrong.push(`${key}: ${description}`);
    }
  }

  private async dropSome(description: string, result: DamageResult): Promise<void> {
    const selector = DROPS[this.random(DROPS.length)]!;
    try {
      await this.entries.remove(selector);
    } catch {
      return;
    }
    for (const [key, [stored]] of this.sound.history) {
      if (!matches(selector, stored!)) continue;
      const found = await this.entries.find(key).catch((): EntryLookup => 'absent');
      if (typeof found !== 'string')
        result.undropped.push(`${key}: ${description}, ${JSON.stringify(selector)}`);
    }
  }

  private async usableSince(startedAt: number, description: string): Promise<number> {
    for (;;) {
      const elapsed = performance.now() - startedAt;
      if (await this.isUsable()) return elapsed;
      if (elapsed > GIVE_UP_MS)
        throw new Error(`not usable again: ${description}; ${JSON.stringify(this.database.state)}`);
      await setTimeout(10);
    }
  }

  private async isUsable(): Promise<boolean> {
    try {
      await this.entries.put(FRESH);
      return typeof (await this.entries.find(FRESH.key)) === 'object';
    } catch {
      return false;
    }
  }
}

function write(path: string, { main, wal }: FileImage): void {
  writeFileSync(path, main);
  writeFileSync(`${path}-wal`, wal);
}
