import { expect, test } from 'vitest';
import { messageOf } from '../../src/common/message-of.js';
import { oneLine } from '../../src/common/one-line.js';

test.each([
  [
    'a line break',
    'no company x\r\n[Nest] LOG all is well',
    'no company x\\u000d\\u000a[Nest] LOG all is well',
  ],
  ['a terminal escape', '\u001b[2Jgone', '\\u001b[2Jgone'],
  ['the escape of one byte', '\u009b2J', '\\u009b2J'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['a mark that turns the text round', '\u202eexe.txt', '\\u202eexe.txt'],
  ['plain text of any language', 'Bilanță 2026 „closed”', 'Bilanță 2026 „closed”'],
])('%s is shown, not obeyed', (_name, text, shown) => {
  expect(oneLine(text)).toBe(shown);
});

test('a text of a megabyte is cut short', () => {
  expect(oneLine('x'.repeat(1_000_000))).toBe(`${'x'.repeat(2_000)}…`);
});

test.each([
  ['an error', new Error('the disk is gone'), 'the disk is gone'],
  ['a text', 'the disk is gone', 'the disk is gone'],
  ['an object without a text', Object.create(null), 'an error without a text'],
  ['nothing', undefined, 'undefined'],
])('of %s there is always something to say', (_name, error, message) => {
  expect(messageOf(error)).toBe(message);
});
