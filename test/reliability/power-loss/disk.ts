import { DiskFile, type Reached } from './disk-file.js';
import { type Step } from './trace.js';

type Names = Map<string, DiskFile>;
type Renaming = (names: Names) => void;

/** What a power cut leaves: the bytes of each file that still has its name. */
export type Remains = ReadonlyMap<string, Buffer>;

/**
 * A folder on a disk with a cache that forgets. The names in it are synced apart from the files, by a sync of the
 * folder; unlike the sectors of a file they change in their order, as in a file system with a journal.
 */
export class Disk {
  private readonly current: Names = new Map();
  private synced: Names = new Map();
  private unsynced: Renaming[] = [];

  /** @param folder the name that syncs of the folder go by */
  constructor(private readonly folder: string) {}

  /** Whether a power cut would leave every file with its name. */
  get namesAreSynced(): boolean {
    return this.unsynced.length === 0;
  }

  apply(step: Step): void {
    if (step.file === this.folder) return this.syncNames();
    switch (step.kind) {
      case 'write':
      case 'truncate':
        return this.file(step.file).change(step);
      case 'sync':
        return this.file(step.file).sync();
      case 'unlink':
        return this.rename((names) => names.delete(step.file));
      case 'rename':
        return this.rename((names) => move(names, step.file, step.to));
    }
  }

  /**
   * @param namesKept of the unsynced changes of names, chosen from 0 to all of them
   * @param fate of a file with so many unsynced changes
   */
  afterPowerLoss(namesKept: (changes: number) => number, fate: (changes: number) => Reached): Remains {
    const names: Names = new Map(this.synced);
    for (const renaming of this.unsynced.slice(0, namesKept(this.unsynced.length))) renaming(names);
    return new Map([...names].map(([name, file]) => [name, file.afterPowerLoss(fate(file.unsyncedChanges))]));
  }

  private file(name: string): DiskFile {
    const file = this.current.get(name) ?? new DiskFile();
    if (!this.current.has(name)) this.rename((names) => names.set(name, file));
    return file;
  }

  private rename(renaming: Renaming): void {
    renaming(this.current);
    this.unsynced.push(renaming);
  }

  private syncNames(): void {
    this.synced = new Map(this.current);
    this.unsynced = [];
  }
}

function move(names: Names, from: string, to: string): void {
  const file = names.get(from);
  names.delete(from);
  if (file) names.set(to, file);
}
