/**
 * PostgreSQL refuses U+0000 in a text, and what is refused would be tried again for ever. With another sign in its
 * place a drop finds what it should or more, and an entry is found by no other key and does not match its checksum.
 */
export function withoutNul<T>(value: T): T | string {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}

/** As {@link withoutNul}, in JSON. */
export function withoutEscapedNul<T>(value: T): T | string {
  return typeof value === 'string' ? value.replace(ESCAPED_NUL, '$1\\ufffd') : value;
}

/** Behind an even number of backslashes; an odd one escapes its own. */
const ESCAPED_NUL = /(?<!\\)((?:\\\\)*)\\u0000/g;
