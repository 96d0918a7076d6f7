import { request, type IncomingHttpHeaders } from 'node:http';

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
  xCache: string | undefined;
}

export interface HttpOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** In the place of the URL's, and sent as it is. */
  path?: string;
}

/** One request over a connection of its own. `fetch` is no choice: it adds `Cache-Control` to conditional requests. */
export function http(
  url: string,
  { method = 'GET', headers = {}, body, path }: HttpOptions = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const contentType = json === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(
      url,
      { method, agent: false, headers: { ...contentType, ...headers }, ...(path !== undefined && { path }) },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: bytes,
            text: bytes.toString(),
            xCache: answer.headers['x-cache'] as string | undefined,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(json);
  });
}
