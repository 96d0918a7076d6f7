import { createHash } from 'node:crypto';

/**
 * What the store's notices say; its triggers write them, one line each. No key, selector or name is in them: a notice
 * may have 8,000 bytes (PostgreSQL), and whoever may listen to the database would read them.
 */
export type Notice =
  /** There are invalidations up to this one. */
  | { readonly kind: 'dropped'; readonly id: number; readonly origin: string }
  /** The lease of a key has ended. */
  | { readonly kind: 'released'; readonly keyHash: string };

/** @returns `undefined` for what another version says. */
export function parseNotice(text: string): Notice | undefined {
  const [kind, first = '', second = ''] = text.split(' ');
  if (kind === 'released' && first !== '') return { kind, keyHash: first };
  const id = Number(first);
  if (kind === 'dropped' && Number.isSafeInteger(id) && second !== '') return { kind, id, origin: second };
  return undefined;
}

/** How a notice names a key: SHA-256 of its UTF-8, in hex. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
