import { z } from 'zod';
import { HOST, isPlainUrl, type ReplayableRequest } from '../http/replayable-request.js';

const schema = z.strictObject({
  url: z.string().refine(isPlainUrl),
  headers: z.record(z.string(), z.string()),
  protocol: z.enum(['http', 'https']),
  host: z.string().regex(HOST),
  withOwnPort: z.boolean(),
  anonymous: z.boolean(),
}) satisfies z.ZodType<ReplayableRequest>;

export function encodeRequest(request: ReplayableRequest): string {
  return JSON.stringify(request);
}

/** `undefined` for what {@link encodeRequest} did not write: a damaged row, or one that somebody else has made. */
export function decodeRequest(text: string): ReplayableRequest | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
