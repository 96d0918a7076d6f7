import { describe, expect, test } from 'vitest';
import { SourceBusyError } from '../../src/index.js';
import { startCacheApp } from '../module/cache-app.js';
import { heldSource } from './held-source.js';

const T = { type: 't' };

describe('with a sourceConcurrency of two', () => {
  const start = () => startCacheApp({ cache: { sourceConcurrency: 2 } });

  test('no more than two loads run at once, and all are done in the end', async () => {
    const { service } = await start();
    let running = 0;
    let most = 0;
    const load = async (): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return 1;
    };
    await Promise.all(Array.from({ length: 30 }, (_, index) => service.getOrSet(`k${index}`, load, T)));
    expect(most).toBe(2);
  });

  test('thirty-two wait, a further one is refused, and hits go on', async () => {
    const { service } = await start();
    await service.set('hit', 1, T);
    const source = heldSource('loaded');
    const answers = Array.from({ length: 34 }, (_, index) => service.getOrSet(`k${index}`, source.load, T));
    await source.started(2);
    const refused = await service.getOrSet('one too many', source.load, T).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SourceBusyError);
    expect(await service.getOrSet('hit', source.load, T)).toBe(1);
    source.finish();
    expect(await Promise.all(answers)).toEqual(Array(34).fill('loaded'));
    expect(await service.getOrSet('one too many', source.load, T)).toBe('loaded');
  });

  test('a failing load gives its place to the next', async () => {
    const { service } = await start();
    const fail = (): never => {
      throw new RangeError('down');
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => service.getOrSet(`k${index}`, fail, T)),
    );
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    expect(await service.getOrSet('k', () => 'fine', T)).toBe('fine');
  });
});
