import { expect, test } from 'vitest';
import { readStoredHead } from '../../src/http/stored-head.js';

const head = {
  status: 200,
  kind: 'text',
  headers: { 'content-type': 'text/csv' },
  etag: '"a"',
  hasForms: false,
};

test('what was written is read', () => {
  expect(readStoredHead(JSON.stringify(head))).toEqual(head);
});

test.each<[string, object]>([
  ['no status', { status: undefined }],
  ['a status that is never stored', { status: 500 }],
  ['an unknown kind of body', { kind: 'stream' }],
  ['no ETag', { etag: null }],
  ['an ETag that ends its line', { etag: '"a"\r\nset-cookie: evil=1' }],
  ['no headers', { headers: null }],
  ['a text of no type', { headers: {} }],
  ['a header that is no text', { headers: { 'x-list': ['a'] } }],
  ['a header that ends its line', { headers: { 'x-name': 'a\r\nset-cookie: evil=1' } }],
  ['a name that is none', { headers: { 'x name': 'a' } }],
  ['the length of another body', { headers: { 'content-length': '999' } }],
  ['a coding of the connection', { headers: { 'transfer-encoding': 'chunked' } }],
  ['a cookie', { headers: { 'set-cookie': 'evil=1' } }],
])('%s is refused, so that it is a miss', (_name, part) => {
  expect(() => readStoredHead(JSON.stringify({ ...head, ...part }))).toThrow();
});

test.each(['', 'null', '7', '[]', '"text"', '{'])('%s is refused', (json) => {
  expect(() => readStoredHead(json)).toThrow();
});
