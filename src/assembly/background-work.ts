/** Something that goes on beside the requests, from the app's start to its end. */
export interface BackgroundWork {
  start(): void;
  /** Resolves when nothing of it goes on any more. */
  stop(): void | Promise<void>;
}

/** All {@link BackgroundWork} of a module. */
export const BACKGROUND_WORK = Symbol('nestjs-reports-cache:background-work');
