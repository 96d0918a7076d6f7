import { beforeEach, describe, expect, it, test } from 'vitest';
import { InvalidArgumentError } from '../../src/common/errors.js';
import { CacheConfigService } from '../../src/settings/cache-config.service.js';
import { RuntimePolicyService } from '../../src/settings/runtime-policy.service.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { openDatabase } from '../support/open-database.js';

let table: CacheConfigRepository;
let config: CacheConfigService;
const clock = new ManualClock();

beforeEach(async () => {
  table = new CacheConfigRepository(await openDatabase());
  config = new CacheConfigService(table, new RuntimePolicyService(), clock);
});

describe('fault 12: cache_config can be used', () => {
  it('a setting is undefined until it is set, and then what it was last set to', async () => {
    expect(await config.get('banner')).toBeUndefined();
    await config.set('banner', 'closed on Sunday');
    await config.set('banner', 'open');
    expect(await config.get('banner')).toBe('open');
    expect((await table.find('banner'))?.updatedAt).toBe(clock.now());
  });

  it('may be empty, long, and of any script', async () => {
    for (const value of ['', 'x'.repeat(65_536), 'Zürich 東京 👩‍💻 \u0001 "']) {
      await config.set('text', value);
      expect(await config.get('text')).toBe(value);
    }
  });

  it('delete says whether it was there', async () => {
    await config.set('banner', 'x');
    expect(await config.delete('banner')).toBe(true);
    expect(await config.delete('banner')).toBe(false);
    expect(await config.get('banner')).toBeUndefined();
  });

  it('all gives every setting but the reserved ones', async () => {
    expect(await config.all()).toEqual({});
    await config.set('b', '2');
    await config.set('a', '1');
    await config.set('__proto__', 'no prototype');
    await table.upsert('reports-cache:watermark', 'internal', clock.now());
    expect(Object.entries(await config.all()).sort()).toEqual([
      ['__proto__', 'no prototype'],
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  test.each([[''], ['x'.repeat(201)], ['\ud800'], ['a\0'], ['reports-cache:watermark'], [undefined], [7]])(
    'the key %o is refused everywhere',
    async (key) => {
      for (const call of [
        config.get(key as string),
        config.set(key as string, 'x'),
        config.delete(key as string),
      ]) {
        await expect(call).rejects.toThrow(InvalidArgumentError);
        await expect(call).rejects.toThrow(/^key must /);
      }
      expect(await table.all()).toEqual([]);
    },
  );

  test.each([[undefined], [null], [7], [{}], ['\udc00'], ['a\0'], ['x'.repeat(65_537)]])(
    'the value %o is refused',
    async (value) => {
      await expect(config.set('banner', value as string)).rejects.toThrow(/^value must /);
    },
  );
});
