import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Breaks what a database's file depends on. Returns what ends the cause. */
export type RealFault = (path: string) => Promise<() => void>;

/** @param holdLock starts a process that holds the write lock, see `lock-holder.child.ts` */
export function realFaults(
  holdLock: (args: readonly string[]) => ChildProcess,
): Readonly<Record<string, RealFault>> {
  return {
    'a full disk': (path) => {
      const ballast = join(dirname(path), 'ballast');
      fill(ballast);
      return over(() => rmSync(ballast));
    },
    'a deleted file': (path) => {
      rmSync(path);
      return over();
    },
    'a file deleted with its companions': (path) => {
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
      return over();
    },
    'a deleted write-ahead log': (path) => {
      rmSync(`${path}-wal`, { force: true });
      return over();
    },
    'a file renamed away': (path) => {
      renameSync(path, `${path}.elsewhere`);
      return over();
    },
    'a file replaced by an older copy of itself': (path) => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
      return over();
    },
    'a file replaced by something else': (path) => {
      writeFileSync(`${path}.copy`, 'no database');
      renameSync(`${path}.copy`, path);
      return over();
    },
    'a folder renamed away': (path) => {
      const folder = dirname(path);
      renameSync(folder, `${folder}-elsewhere`);
      return over(() => undefined);
    },
    'a write lock held by another process': async (path) => {
      const holder = holdLock([path]);
      await once(holder, 'message');
      return () => void holder.send('let go');
    },
  };
}

function over(end: () => void = () => undefined): Promise<() => void> {
  return Promise.resolve(end);
}

/** Leaves no room on the disk. */
export function fill(path: string): void {
  for (let bytes = 1024 * 1024; bytes >= 512; bytes /= 2) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      // Full for this size: go on with a smaller one.
    }
  }
}
