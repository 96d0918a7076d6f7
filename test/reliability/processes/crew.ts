import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp-folder.js';
import type { ReportsCacheOptions } from '../../../src/index.js';
import type { Mutant } from './mutants.js';
import type { Tasks, WorkerOptions } from './worker.child.js';

export interface Call {
  readonly id: number;
  readonly task: keyof Tasks;
  readonly argument: unknown;
}

export type Answer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

type Argument<Task extends keyof Tasks> = Parameters<Tasks[Task]>[0];
type Result<Task extends keyof Tasks> = Awaited<ReturnType<Tasks[Task]>>;

/** A process with the real module in it. */
export class Worker {
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.setMaxListeners(0);
  }

  static async start(child: ChildProcess): Promise<Worker> {
    const worker = new Worker(child);
    await worker.event('ready');
    return worker;
  }

  /** The next time the process says that this has happened. */
  event(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: { event?: string }): void => {
        if (message.event !== name) return;
        this.child.off('message', onMessage);
        resolve();
      };
      this.child.on('message', onMessage);
      this.child.once('exit', (code) => reject(new Error(`The process ended with ${code}`)));
    });
  }

  ask<Task extends keyof Tasks>(task: Task, argument: Argument<Task>): Promise<Result<Task>> {
    const id = (this.calls += 1);
    const answered = new Promise<Result<Task>>((resolve, reject) => {
      const onMessage = (message: Answer): void => {
        if (message.id !== id) return;
        this.child.off('message', onMessage);
        if ('error' in message) reject(new Error(message.error));
        else resolve(message.result as Result<Task>);
      };
      this.child.on('message', onMessage);
    });
    this.child.send({ id, task, argument } satisfies Call);
    return answered;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

export interface CrewOptions {
  readonly processes: number;
  readonly driver?: 'sqlite' | 'better-sqlite3';
  /** In the place of a file and timeouts that no busy machine exceeds. Must be JSON. */
  readonly cache?: ReportsCacheOptions | ((index: number) => ReportsCacheOptions);
  readonly mutant?: Mutant;
}

/** Processes that share one store and know of one another; killed when the test has finished. */
export class Crew {
  private constructor(
    readonly workers: Worker[],
    private readonly startOne: (index: number) => Promise<Worker>,
  ) {}

  /** @param startChild of `childProgram('test/reliability/processes/worker.child.ts')` */
  static async start(
    startChild: (args: readonly string[]) => ChildProcess,
    { processes, driver = 'sqlite', cache = onFile(driver), mutant }: CrewOptions,
  ): Promise<Crew> {
    const startOne = (index: number): Promise<Worker> => {
      const options: WorkerOptions = { cache: typeof cache === 'function' ? cache(index) : cache, mutant };
      return Worker.start(startChild([JSON.stringify(options)]));
    };
    const workers = await Promise.all(Array.from({ length: processes }, (_, index) => startOne(index)));
    const crew = new Crew(workers, startOne);
    onTestFinished(() => crew.stop());
    await crew.meet();
    return crew;
  }

  /** One more, in the place of one that was killed. */
  async replace(worker: Worker): Promise<void> {
    const index = this.workers.indexOf(worker);
    this.workers.splice(index, 1, await this.startOne(index));
    await this.meet();
  }

  /** What every process answers. */
  all<Task extends keyof Tasks>(
    task: Task,
    argumentOf: (index: number) => Argument<Task>,
  ): Promise<Result<Task>[]> {
    return Promise.all(this.workers.map((worker, index) => worker.ask(task, argumentOf(index))));
  }

  private async meet(): Promise<void> {
    while ((await this.all('peers', () => undefined)).some((count) => count < this.workers.length - 1))
      await setTimeout(20);
  }

  private async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
  }
}

function onFile(type: 'sqlite' | 'better-sqlite3'): ReportsCacheOptions {
  const path = `${tempFolder()}/cache.sqlite`;
  return { database: { path, type, busyTimeout: '30s' }, storeTimeout: '30s' };
}
