import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** An answer that takes longer is a hang: the generous bound of a busy machine. */
const PATIENCE_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
}

/** A client of one server that keeps its connections, for many thousand requests. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  /** @param patienceMs after which an answer that has not come is a hang. */
  constructor(
    private readonly url: string,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** @throws when the connection breaks, or no answer comes in time. */
  ask({ method = 'GET', path, headers = {} }: Question): Promise<Answer> {
    const { agent, url } = this;
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, path, headers, agent, timeout: this.patienceMs }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, text: body.toString() });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  /** Writes bytes as they are, says no more, and waits for the server to end the connection. */
  write(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(Number(new URL(this.url).port), '127.0.0.1', () => socket.end(bytes));
      socket.setTimeout(this.patienceMs, () => socket.destroy(new Error('not ended in time')));
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
      });
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Works through a list with a few hands. */
export async function withHands<T>(
  hands: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: hands }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
