/** Controls, line and paragraph separators, and the marks that reorder text on a screen (CWE-1007). */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A name as it can be told from others: what has no picture is shown as `\u202e`.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(UNPRINTABLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
