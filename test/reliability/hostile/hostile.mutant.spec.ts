import { expect, test, vi } from 'vitest';
import type * as codecs from '../../../src/cache/value-codec.js';
import { startCacheApp } from '../../module/cache-app.js';
import { runKeys } from './keys.js';
import { runLogLines } from './logged.js';
import { runStoredValues } from './stored-values.js';

/** Assigns field by field, as `Object.assign` and many a merge do: `__proto__` is then no field but the prototype. */
function naiveRevive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const target: Record<string, unknown> = Array.isArray(value) ? ([] as never) : {};
  for (const [name, part] of Object.entries(value)) target[name] = naiveRevive(part);
  return target;
}

vi.mock('../../../src/cache/value-codec.js', async (importOriginal) => {
  const { ValueCodec } = await importOriginal<typeof codecs>();
  return {
    ValueCodec: class extends ValueCodec {
      override decode(bytes: Buffer): unknown {
        return bytes[0] === 0x4a ? naiveRevive(JSON.parse(bytes.toString('utf8', 1))) : super.decode(bytes);
      }
    },
  };
});

vi.mock('../../../src/http/canonical-json.js', () => ({
  canonicalJson: (parts: unknown[]) => `[${parts.flat(9).join()}]`,
}));

vi.mock('../../../src/common/one-line.js', () => ({ oneLine: (text: string) => text }));

test('the forged rows notice a codec that revives naively', async () => {
  const app = await startCacheApp({ cache: { memory: false } });
  const { findings } = await runStoredValues(app, 2_000);
  expect(findings.join()).toContain('an object whose prototype came from the row');
});

test('the hostile keys notice a key that is joined', () => {
  expect(runKeys(2_000).findings.join()).toContain('two requests of one key');
});

test('the hostile errors notice a log that takes them as they are', async () => {
  const { injected } = await runLogLines(await startCacheApp(), 500);
  expect(injected).toBeGreaterThan(0);
});
