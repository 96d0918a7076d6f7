import type { LeaseFollower } from '../cache/peers.js';
import type { NoticeChannel } from '../common/notice-channel.js';
import { hashOfKey, parseNotice } from './notice.js';

/** Between two looks into a store that sends no notices, in milliseconds. */
const LOOK_EVERY_MS = 50;

/** Between two looks where notices come: some are lost, and none says that a holder has died. In milliseconds. */
const LOOK_ANYWAY_MS = 1_000;

/** Wakes those who wait for the load of another process: by notice where the store sends them, else now and then. */
export class ReleaseNews {
  private readonly followers = new Map<string, Set<Follower>>();

  constructor(private readonly channel: NoticeChannel) {
    channel.onNotice((text) => (text === undefined ? this.wakeAll() : this.wake(text)));
  }

  /** To be called before the lease is asked for, or its end could come unnoticed in between. */
  follow(key: string): LeaseFollower {
    if (this.channel.state !== 'listening') return { news: () => later(LOOK_EVERY_MS), end: ignore };
    const hash = hashOfKey(key);
    const follower = new Follower(() => this.leave(hash, follower));
    this.followers.set(hash, (this.followers.get(hash) ?? new Set()).add(follower));
    return follower;
  }

  private leave(hash: string, follower: Follower): void {
    const followers = this.followers.get(hash);
    followers?.delete(follower);
    if (followers?.size === 0) this.followers.delete(hash);
  }

  private wake(text: string): void {
    const notice = parseNotice(text);
    if (notice?.kind === 'released') this.wakeThose(this.followers.get(notice.keyHash));
  }

  private wakeAll(): void {
    for (const followers of this.followers.values()) this.wakeThose(followers);
  }

  private wakeThose(followers: Iterable<Follower> = []): void {
    for (const follower of followers) follower.wake();
  }
}

class Follower implements LeaseFollower {
  /** Something was heard while nobody waited. */
  private heard = false;
  private resolve: (() => void) | undefined;

  constructor(readonly end: () => void) {}

  wake(): void {
    if (this.resolve === undefined) this.heard = true;
    else this.resolve();
  }

  news(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), this.heard ? 0 : LOOK_ANYWAY_MS);
      this.heard = false;
      this.resolve = () => {
        clearTimeout(timer);
        this.resolve = undefined;
        resolve();
      };
    });
  }
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function ignore(): void {}
