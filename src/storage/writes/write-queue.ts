import { WriteQueueFullError } from '../../common/errors.js';
import { type BatchOperation, type LockMode } from '../sql/connection.js';

/** A write that waits for its transaction, and the caller that waits for it. */
export interface QueuedWrite {
  readonly operation: BatchOperation<unknown>;
  readonly item: unknown;
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface WriteQueueLimits {
  /** Writes that may wait. Default 10,000. */
  readonly maxWrites: number;
  /** Payload bytes that may wait; a single write of any size is let in. Default 256 MiB. */
  readonly maxBytes: number;
  /** Writes committed together at the most. Default 512. */
  readonly groupWrites: number;
  /** Payload bytes committed together at the most; a single write of any size is. Default 16 MiB. */
  readonly groupBytes: number;
}

export const defaultLimits: WriteQueueLimits = {
  maxWrites: 10_000,
  maxBytes: 256 * 1024 * 1024,
  groupWrites: 512,
  groupBytes: 16 * 1024 * 1024,
};

/** Writes in their order of arrival, bounded in number and bytes. */
export class WriteQueue {
  private writes: QueuedWrite[] = [];
  private bytes = 0;

  constructor(private readonly limits: WriteQueueLimits) {}

  get length(): number {
    return this.writes.length;
  }

  /** @throws {WriteQueueFullError} when too many writes, or too many bytes, wait already. */
  push(write: QueuedWrite): void {
    const { maxWrites, maxBytes } = this.limits;
    const overBytes = this.length > 0 && this.bytes + write.bytes > maxBytes;
    if (this.length >= maxWrites || overBytes) throw new WriteQueueFullError(this.length);
    this.writes.push(write);
    this.bytes += write.bytes;
  }

  /** Before all that wait, and past the limits: for the one that makes room for the others. */
  pushAhead(write: QueuedWrite): void {
    this.writes.unshift(write);
    this.bytes += write.bytes;
  }

  /**
   * Takes the oldest writes out that fit into one transaction.
   * @param byLock only those that need the lock of the oldest, and may go before the ones that stay: a transaction that
   * holds others up then does nothing that need not.
   */
  takeGroup(byLock = false): QueuedWrite[] {
    const oldest = this.writes.splice(0, this.groupLength());
    const [group, others] = byLock ? ofOneLock(oldest) : [oldest, []];
    this.writes.unshift(...others);
    for (const write of group) this.bytes -= write.bytes;
    return group;
  }

  private groupLength(): number {
    const { groupWrites, groupBytes } = this.limits;
    let bytes = 0;
    const end = this.writes.findIndex((write, index) => {
      bytes += write.bytes;
      return index > 0 && (index >= groupWrites || bytes > groupBytes);
    });
    return end === -1 ? this.length : end;
  }
}

/** @returns those that go now, and those that stay, each in their order. */
function ofOneLock(writes: readonly QueuedWrite[]): [QueuedWrite[], QueuedWrite[]] {
  const [now, later]: [QueuedWrite[], QueuedWrite[]] = [[], []];
  const blocked = new Set<string | undefined>();
  const lock = writes[0] && lockOf(writes[0]);
  for (const write of writes) {
    const key = write.operation.keyOf?.(write.item);
    const isFree = blocked.size === 0 || (key !== undefined && !blocked.has(undefined) && !blocked.has(key));
    if (isFree && lockOf(write) === lock) now.push(write);
    else {
      later.push(write);
      blocked.add(key);
    }
  }
  return [now, later];
}

function lockOf({ operation, item }: QueuedWrite): LockMode {
  return operation.lockFor?.([item]) ?? 'none';
}
