import { SingleBar } from 'cli-progress';

/** Something long that is under way. */
export interface ProgressBar {
  advance(steps?: number): void;
}

/** Shows how far long work is. */
export interface Progress {
  /** Shows a bar while the work runs. `total` is a guess: the work may take more steps or fewer. */
  during<T>(label: string, total: number, work: (bar: ProgressBar) => Promise<T>): Promise<T>;
}

/** Where nobody looks: stderr is no terminal. */
export const noProgress: Progress = {
  during: (_label, _total, work) => work({ advance: () => {} }),
};

/** A bar on a terminal, gone when the work is done. */
export const terminalProgress: Progress = {
  async during(label, total, work) {
    const bar = new SingleBar({
      format: `${label} [{bar}] {percentage}%  {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    bar.start(Math.max(total, 1), 0);
    try {
      return await work({ advance: (steps = 1) => bar.increment(steps) });
    } finally {
      bar.stop();
    }
  },
};
