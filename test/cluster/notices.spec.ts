import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashOfKey, parseNotice } from '../../src/cluster/notice.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { ReleaseNews } from '../../src/cluster/release-news.js';
import { CacheInvalidationRepository, CacheProcessRepository } from '../../src/index.js';
import { startCacheApp } from '../module/cache-app.js';
import { PlayedChannel } from './played-channel.js';

const bounds = { pollEveryMs: 3_600_000, maxStalenessMs: 3_600_000, othersMayCome: true };

describe('a process that hears notices', () => {
  /** A watch of its own over the store of an app, which counts how often it looks. */
  async function startWatch() {
    const app = await startCacheApp();
    const processes = app.get(CacheProcessRepository);
    const channel = new PlayedChannel();
    const watch = new PeerWatch(processes, app.get(CacheInvalidationRepository), app.clock, bounds, channel);
    await watch.catchUp();
    const looks = vi.spyOn(processes, 'census');
    return { channel, watch, looks, self: processes.processId };
  }

  test.each([
    ['another process dropped something', `dropped 99 another`, 1],
    ['it has begun to listen, and may have missed something', undefined, 1],
    ['another process dropped what it knows of already', 'dropped 0 another', 0],
    ['a lease has ended', `released ${hashOfKey('k')}`, 0],
    ['a later version says what this one does not know', 'danced 1 another', 0],
  ])('looks at once only when there is news: %s', async (_what, text, times) => {
    const { channel, watch, looks } = await startWatch();
    channel.say(text);
    await Promise.resolve();
    expect(looks).toHaveBeenCalledTimes(times);
    await watch.stop();
  });

  test('does not look for what it dropped itself', async () => {
    const { channel, looks, self } = await startWatch();
    channel.say(`dropped 99 ${self}`);
    await Promise.resolve();
    expect(looks).toHaveBeenCalledTimes(0);
  });

  test('looks once for many notices that come together', async () => {
    const { channel, watch, looks } = await startWatch();
    for (let id = 10; id < 1_000; id += 1) channel.say(`dropped ${id} another`);
    await watch.catchUp();
    expect(looks.mock.calls.length).toBeLessThanOrEqual(2);
  });

  test('trusts its memory only after its first look, where others may come unseen', async () => {
    const app = await startCacheApp();
    const watch = new PeerWatch(
      app.get(CacheProcessRepository),
      app.get(CacheInvalidationRepository),
      app.clock,
      bounds,
      new PlayedChannel(),
    );
    expect(watch.inSight).toBe(false);
    await watch.catchUp();
    expect(watch.inSight).toBe(true);
    app.clock.advance(bounds.maxStalenessMs + 1);
    expect(watch.inSight).toBe(false);
  });
});

describe('who waits for a load of another process', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const settles = async (promise: Promise<unknown>, afterMs = 0): Promise<boolean> => {
    let settled = false;
    void promise.then(() => (settled = true));
    await vi.advanceTimersByTimeAsync(afterMs);
    return settled;
  };

  test('is woken by the end of its lease, and by no other', async () => {
    const channel = new PlayedChannel();
    const news = new ReleaseNews(channel).follow('k').news();
    channel.say(`released ${hashOfKey('other')}`);
    channel.say('dropped 5 another');
    expect(await settles(news, 999)).toBe(false);
    channel.say(`released ${hashOfKey('k')}`);
    expect(await settles(news)).toBe(true);
  });

  test('hears what ended between its asking for the lease and its waiting', async () => {
    const channel = new PlayedChannel();
    const follower = new ReleaseNews(channel).follow('k');
    channel.say(`released ${hashOfKey('k')}`);
    expect(await settles(follower.news())).toBe(true);
    expect(await settles(follower.news(), 999)).toBe(false);
  });

  test('looks when listening begins anew, and once a second in any case', async () => {
    const channel = new PlayedChannel();
    const follower = new ReleaseNews(channel).follow('k');
    const first = follower.news();
    channel.say(undefined);
    expect(await settles(first)).toBe(true);
    const second = follower.news();
    expect(await settles(second, 999)).toBe(false);
    expect(await settles(second, 1)).toBe(true);
  });

  test('waits for none of its own when it has given up', async () => {
    const channel = new PlayedChannel();
    const releases = new ReleaseNews(channel);
    const [gone, there] = [releases.follow('k'), releases.follow('k')];
    const [unheard, heard] = [gone.news(), there.news()];
    gone.end();
    channel.say(`released ${hashOfKey('k')}`);
    expect([await settles(unheard), await settles(heard)]).toEqual([false, true]);
  });

  test.each(['none', 'connecting', 'deaf'] as const)(
    'looks every 50 ms where no notices come (%s)',
    async (state) => {
      const channel = new PlayedChannel();
      channel.state = state;
      const news = new ReleaseNews(channel).follow('k').news();
      expect(await settles(news, 49)).toBe(false);
      expect(await settles(news, 1)).toBe(true);
    },
  );
});

test.each(['', 'dropped', 'dropped 1', 'dropped x y', 'dropped 1.5 y', 'released', 'released ', 'hello 1'])(
  'what is no notice is taken for none: "%s"',
  (text) => expect(parseNotice(text)).toBeUndefined(),
);
