import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it, test } from 'vitest';
import { InvalidArgumentError, ValueNotCacheableError } from '../../src/common/errors.js';
import { loggable } from '../../src/common/loggable.js';
import { childProgram } from '../support/child-process.js';

const start = childProgram('test/common/loggable.child.ts');

describe('of an error a log line says', () => {
  it.each<[string, unknown, string]>([
    ['its class', new RangeError('alice'), 'RangeError'],
    [
      'its class and code',
      Object.assign(new TypeError('alice'), { code: 'ORA-00942' }),
      'TypeError ORA-00942',
    ],
    ['a code that is a number', Object.assign(new Error('alice'), { code: 942 }), 'Error 942'],
    ['no code that is a sentence', Object.assign(new Error('alice'), { code: 'alice fails\nWARN' }), 'Error'],
    ['no code without a text', Object.assign(new Error('alice'), { code: Object.create(null) }), 'Error'],
    ['no name without a text', Object.assign(new Error('alice'), { name: Symbol('alice') }), 'Error'],
    ['no name that is a sentence', Object.assign(new Error('alice'), { name: 'of alice\nWARN' }), 'Error'],
    [
      'the message of this module',
      new InvalidArgumentError('ttl must be a duration'),
      'ttl must be a duration',
    ],
    [
      'no path into a value',
      new ValueNotCacheableError('alice', 'is a function'),
      'ValueNotCacheableError VALUE_NOT_CACHEABLE',
    ],
    ['what kind of thing was thrown', 'alice', 'string thrown'],
    ['that nothing was thrown', undefined, 'undefined thrown'],
  ])('%s', (_, error, line) => {
    expect(loggable(error)).toBe(line);
  });
});

test.each([
  ['', false],
  ['reports-cache', true],
])('with NODE_DEBUG=%s, stderr has its message: %s', async (NODE_DEBUG, told) => {
  const child = start([], { silent: true, env: { ...process.env, NODE_DEBUG } });
  const exited = once(child, 'exit');
  expect((await text(child.stderr!)).includes('no listener for alice')).toBe(told);
  expect(await exited).toEqual([0, null]);
});
