const LONGEST = 2_000;

/** Controls (C0, DEL, C1), line and paragraph separators, and the marks that reorder text on a screen. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text for a log or a message: one line, and nothing in it that a terminal obeys (CWE-117, CWE-150). What is not
 * printable is shown as `\u000a`; beyond 2,000 characters it ends in `…`.
 */
export function oneLine(text: string): string {
  return printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** The whole text, on one line and with nothing in it that a terminal obeys. As {@link oneLine}, which see. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
