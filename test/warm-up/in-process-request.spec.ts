import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { sendInProcess } from '../../src/warm-up/in-process-request.js';

const REQUEST = { url: '/', headers: {}, protocol: 'http', localPort: undefined } as const;

it.each([
  ['was read to its end', true],
  ['nobody has read', false],
])('a request that is given up ends, and tells the app so, when it %s', async (_what, isRead) => {
  const hangingUp = new AbortController();
  const seen: ServerResponse[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(response);
    if (isRead) request.resume();
  };
  const sent = sendInProcess(listener, REQUEST, () => undefined, hangingUp.signal);
  const read = isRead ? once(seen[0]!.req, 'end') : Promise.resolve();
  await read;
  hangingUp.abort(new Error('enough'));
  await expect(sent).rejects.toThrow('enough');
  expect(seen[0]!.destroyed).toBe(true);
});
