import { StoredResponseCodec } from '../../http/stored-response.codec.js';
import type { EntryView } from './contract.js';

/** Characters shown of a payload. */
const LONGEST_TEXT = 20_000;

const RESPONSE = new StoredResponseCodec();

const TEXTS = /^(text\/|application\/(.+\+)?(json|xml)\b)/i;

type Preview = NonNullable<EntryView['payload']>;

/** The beginning of a payload, as a text where it is one. */
export async function previewPayload(stored: { format: string; bytes: Buffer }): Promise<Preview> {
  const { format, bytes } = stored;
  return format === RESPONSE.format ? previewResponse(stored) : { format, contentType: null, ...cut(bytes) };
}

async function previewResponse({ format, bytes }: { format: string; bytes: Buffer }): Promise<Preview> {
  const { headers, body, kind } = RESPONSE.open(bytes).read();
  const contentType = headers['content-type'] ?? null;
  const isText = kind === 'text' || TEXTS.test(contentType ?? '');
  if (!isText) return { format, contentType, text: null, truncated: false };
  await body.unpack();
  return { format, contentType, ...cut(body.bytes('identity') ?? Buffer.alloc(0)) };
}

/** At four bytes a character at the most; a character that is cut in two ends as a replacement character. */
function cut(bytes: Buffer): Pick<Preview, 'text' | 'truncated'> {
  const text = bytes.toString('utf8', 0, 4 * LONGEST_TEXT);
  return {
    text: text.slice(0, LONGEST_TEXT),
    truncated: text.length > LONGEST_TEXT || bytes.length > 4 * LONGEST_TEXT,
  };
}
