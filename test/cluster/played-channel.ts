import type { NoticeChannel } from '../../src/common/notice-channel.js';

/** A channel on which a test says what is heard. */
export class PlayedChannel implements NoticeChannel {
  state: NoticeChannel['state'] = 'listening';
  private readonly listeners: ((text: string | undefined) => void)[] = [];

  onNotice(listener: (text: string | undefined) => void): void {
    this.listeners.push(listener);
  }

  /** @param text `undefined`: listening has begun. */
  say(text: string | undefined): void {
    for (const listener of this.listeners) listener(text);
  }

  start(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
