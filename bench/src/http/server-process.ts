import { Child } from '../harness/child.js';
import type { ServerAnswer, ServerGreeting, ServerOptions, ServerRequest } from './contract.js';

const SERVER = new URL('server.js', import.meta.url);

/** A server in a process of its own. */
export class ServerProcess {
  private constructor(private readonly child: Child<ServerRequest, ServerAnswer>) {}

  static async start(options: ServerOptions): Promise<ServerProcess> {
    return new ServerProcess(await Child.start(SERVER, [JSON.stringify(options)]));
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${(this.child.greeting as ServerGreeting).port}${path}`;
  }

  usage(): Promise<ServerAnswer> {
    return this.child.ask({});
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
