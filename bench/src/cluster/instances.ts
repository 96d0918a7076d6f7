import { Child } from '../harness/child.js';
import type { Subject } from '../harness/interleave.js';
import type { CacheName, InstanceAnswer, InstanceOptions, InstanceRequest } from './contract.js';

const SCRIPT = new URL('instance.js', import.meta.url);

type Instance = Child<InstanceRequest, InstanceAnswer>;

/** Processes that share one cache. */
export class Instances implements Subject {
  /** Of all rounds, for the notes of a table. */
  private operations = 0;
  private loads = 0;

  private constructor(
    readonly name: CacheName,
    private readonly instances: readonly Instance[],
  ) {}

  /** One after the other: the first creates what they share. */
  static async start(cache: CacheName, count: number, bytes: number): Promise<Instances> {
    const share = `bench_${process.pid}_${Date.now().toString(36)}`;
    const instances: Instance[] = [];
    for (let number = 1; number <= count; number += 1) {
      const options: InstanceOptions = { cache, share, number, bytes };
      instances.push(await Child.start(SCRIPT, [JSON.stringify(options)]));
    }
    return new Instances(cache, instances);
  }

  /** One after the other: the first loads, the others find it. */
  async fill(): Promise<void> {
    for (const instance of this.instances) await instance.ask({ kind: 'fill' });
  }

  /** Operations a second of all together. */
  async run(forMs: number): Promise<number> {
    const startedAt = performance.now();
    const answers = await Promise.all(this.instances.map((instance) => instance.ask({ kind: 'run', forMs })));
    const operations = answers.reduce((sum, answer) => sum + answer.operations, 0);
    this.operations += operations;
    this.loads += answers.reduce((sum, answer) => sum + answer.loads, 0);
    return (operations * 1_000) / (performance.now() - startedAt);
  }

  get loadsPerThousand(): number {
    return (this.loads * 1_000) / this.operations;
  }

  forget(): void {
    this.operations = 0;
    this.loads = 0;
  }

  /** Milliseconds from the beginning of a drop on the first to its effect on the second, or about the limit. */
  async wordOfDrop(key: string, withinMs: number): Promise<number> {
    const [one, other] = this.instances as [Instance, Instance];
    await one.ask({ kind: 'put', key });
    await other.ask({ kind: 'hold', key });
    const gone = other.ask({ kind: 'goneAt', key, withinMs });
    const { at } = await one.ask({ kind: 'drop', key });
    return Math.max(0, (await gone).at - at);
  }

  /** The first goes last: it removes what they shared. */
  async stop(): Promise<void> {
    const [first, ...others] = this.instances;
    for (const other of others) await other.stop();
    await first?.ask({ kind: 'clear' });
    await first?.stop();
  }
}
