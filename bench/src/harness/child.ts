import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process that answers each message with one of its own; its first message says that it is ready. */
export class Child<Request extends object, Answer> {
  private constructor(
    private readonly child: ChildProcess,
    readonly greeting: unknown,
  ) {}

  /** `BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=…'` profiles every such process. */
  static async start<Request extends object, Answer>(
    script: URL,
    args: readonly string[],
  ): Promise<Child<Request, Answer>> {
    const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
    const child = fork(script, args, { execArgv: ['--expose-gc', ...flags] });
    return new Child(child, await nextMessage(child));
  }

  async ask(request: Request): Promise<Answer> {
    this.child.send(request);
    return (await nextMessage(this.child)) as Answer;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const listening = new AbortController();
  const died = once(child, 'exit', listening).then(() =>
    Promise.reject(new Error('a child process has died')),
  );
  died.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message', listening), died])) as [unknown];
    return message;
  } finally {
    listening.abort();
  }
}
