import { type Step } from './trace.js';

/** Disks write sectors, whole or not at all. */
export const SECTOR_BYTES = 512;

/** In place of a sector's number: the size that a truncation sets. */
export const SIZE = -1;

export type Change = Extract<Step, { kind: 'write' | 'truncate' }>;

/** Whether a sector of an unsynced change reached the disk; changes are counted from the last sync. */
export type Reached = (change: number, sector: number) => boolean;

/** A file on the disk, whatever its name: what is synced, and the changes since, any of which a power cut may undo. */
export class DiskFile {
  private synced: Buffer = Buffer.alloc(0);
  private readonly unsynced: Change[] = [];

  get unsyncedChanges(): number {
    return this.unsynced.length;
  }

  change(change: Change): void {
    this.unsynced.push(change);
  }

  sync(): void {
    this.synced = this.afterPowerLoss(() => true);
    this.unsynced.length = 0;
  }

  /** What the file holds when the power comes back. */
  afterPowerLoss(reached: Reached): Buffer {
    const content = new Content(this.synced);
    this.unsynced.forEach((change, index) => {
      content.apply(change, (sector) => reached(index, sector));
    });
    return content.toBuffer();
  }
}

/** Bytes that grow as they are written; what was never written is zero. */
class Content {
  private bytes: Buffer;
  private size: number;

  constructor(initial: Buffer) {
    this.bytes = Buffer.from(initial);
    this.size = initial.length;
  }

  apply(change: Change, reached: (sector: number) => boolean): void {
    if (change.kind === 'write') this.write(change.offset, change.data, reached);
    else if (reached(SIZE)) this.truncate(change.size);
  }

  toBuffer(): Buffer {
    return this.bytes.subarray(0, this.size);
  }

  private write(offset: number, data: Buffer, reached: (sector: number) => boolean): void {
    const end = offset + data.length;
    for (let at = offset; at < end;) {
      const sector = Math.floor(at / SECTOR_BYTES);
      const next = Math.min(end, (sector + 1) * SECTOR_BYTES);
      if (reached(sector)) this.writeWithin(at, data.subarray(at - offset, next - offset));
      at = next;
    }
  }

  private writeWithin(offset: number, data: Buffer): void {
    this.reserve(offset + data.length);
    data.copy(this.bytes, offset);
    this.size = Math.max(this.size, offset + data.length);
  }

  private truncate(size: number): void {
    this.reserve(size);
    this.bytes.fill(0, size);
    this.size = size;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(size, 2 * this.bytes.length));
    this.bytes.copy(larger);
    this.bytes = larger;
  }
}
