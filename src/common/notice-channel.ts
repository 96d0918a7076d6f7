/** How notices reach this process: `'none'` where the store sends none, and only polling tells. */
export type NoticeState = 'none' | 'connecting' | 'listening' | 'deaf';

/**
 * Short messages that the store passes on between the processes that share it, once what they tell of is committed.
 * They make news come sooner. Nothing relies on them: some are lost, and so the store is polled as well.
 */
export interface NoticeChannel {
  readonly state: NoticeState;
  /**
   * Calls the listener, which must not throw, with the text of each notice, this process's own included; and with
   * `undefined` whenever listening begins: what was sent before that is lost.
   */
  onNotice(listener: (text: string | undefined) => void): void;
  /** Begins to listen, and goes on to try where it cannot. Never throws. */
  start(): void;
  stop(): Promise<void>;
}

/** SQLite has no messages. */
export const noNotices: NoticeChannel = {
  state: 'none',
  onNotice: () => undefined,
  start: () => undefined,
  stop: () => Promise.resolve(),
};
