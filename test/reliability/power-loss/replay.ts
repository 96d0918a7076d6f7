import { basename, dirname } from 'node:path';
import { Disk } from './disk.js';
import { type Step } from './trace.js';

/** The disk as it was at a moment of what was recorded, and which transactions were acknowledged and synced by then. */
export class Replay {
  readonly disk: Disk;
  /** The last transaction that was acknowledged. */
  acknowledged = 0;
  /** The last one that no power cut may take back: its log is synced, and so is the name of the log. */
  synced = 0;
  private inSyncedLog = 0;
  private next = 0;

  /** @param path of the database that was recorded */
  constructor(private readonly path: string) {
    this.disk = new Disk(basename(dirname(path)));
  }

  /** @param moment the steps before it have been done */
  forwardTo(steps: readonly Step[], moment: number): void {
    for (; this.next < Math.min(moment, steps.length); this.next += 1) this.apply(steps[this.next]!);
  }

  private apply(step: Step): void {
    const name = basename(this.path);
    if (step.file === `${name}-marks`) return this.mark(step);
    this.disk.apply(step);
    if (step.kind !== 'sync') return;
    if (step.file === `${name}-wal`) this.inSyncedLog = this.acknowledged;
    if (this.disk.namesAreSynced) this.synced = this.inSyncedLog;
  }

  private mark(step: Step): void {
    if (step.kind === 'write') this.acknowledged = Number(step.data.toString());
  }
}
