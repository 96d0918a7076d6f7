import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { InvalidArgumentError, StoreUnavailableError } from '../../src/common/errors.js';
import { UserCacheSettingsService } from '../../src/settings/user-cache-settings.service.js';
import { UserCacheSettingRepository } from '../../src/storage/repositories/user-cache-setting.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { openDatabase } from '../support/open-database.js';

let table: UserCacheSettingRepository;
let settings: UserCacheSettingsService;
const clock = new ManualClock();
const outage = new StoreUnavailableError('the disk is gone');

beforeEach(async () => {
  table = new UserCacheSettingRepository(await openDatabase());
  settings = new UserCacheSettingsService(table, clock);
  await settings.load();
});

describe('the cache of a user', () => {
  it('is on unless it was switched off', async () => {
    expect(await settings.isEnabled('alice')).toBe(true);
    await settings.setEnabled('alice', false);
    expect(await settings.isEnabled('alice')).toBe(false);
    expect(await settings.isEnabled('bob')).toBe(true);
    await settings.setEnabled('alice', true);
    expect(await settings.isEnabled('alice')).toBe(true);
  });

  it('is still off after a restart', async () => {
    await settings.setEnabled('alice', false);
    const restarted = new UserCacheSettingsService(table, clock);
    await restarted.load();
    expect(await restarted.isEnabled('alice')).toBe(false);
  });

  it('is switched by another process with the next load', async () => {
    await new UserCacheSettingsService(table, clock).setEnabled('alice', false);
    expect(await settings.isEnabled('alice')).toBe(true);
    await settings.load();
    expect(await settings.isEnabled('alice')).toBe(false);
  });

  it('fault 7: keeps the time it was first switched', async () => {
    const created = clock.now();
    await settings.setEnabled('alice', false);
    clock.advance(1_000);
    await settings.setEnabled('alice', true);
    expect(await table.find('alice')).toMatchObject({
      cacheEnabled: true,
      createdAt: created,
      updatedAt: created + 1_000,
    });
  });

  it('is asked for without SQL', async () => {
    const find = vi.spyOn(table, 'find');
    const all = vi.spyOn(table, 'disabledUsernames');
    await settings.isEnabled('alice');
    expect(find).not.toHaveBeenCalled();
    expect(all).not.toHaveBeenCalled();
  });

  it('takes names that every object has for names', async () => {
    expect(await settings.isEnabled('constructor')).toBe(true);
    await settings.setEnabled('__proto__', false);
    expect(await settings.isEnabled('__proto__')).toBe(false);
    expect(await settings.isEnabled('constructor')).toBe(true);
  });

  it('is on for what is no username', async () => {
    for (const nobody of ['', undefined, null, 7])
      expect(await settings.isEnabled(nobody as string)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ['username', '', true],
    ['username', undefined, true],
    ['username', 'x'.repeat(201), true],
    ['username', '\ud800', true],
    ['enabled', 'alice', 'no'],
    ['enabled', 'alice', undefined],
  ])('is not switched with a wrong %s', async (argument, username, enabled) => {
    const switching = settings.setEnabled(username as string, enabled as boolean);
    await expect(switching).rejects.toThrow(InvalidArgumentError);
    await expect(switching).rejects.toThrow(new RegExp(`^${argument} `));
  });
});

describe('while the store is out', () => {
  it('the last known switch stays in force', async () => {
    await settings.setEnabled('alice', false);
    vi.spyOn(table, 'disabledUsernames').mockRejectedValue(outage);
    await expect(settings.load()).rejects.toBe(outage);
    expect(await settings.isEnabled('alice')).toBe(false);
  });

  it('the cache is on for users of whom nothing is known, and nobody waits', async () => {
    vi.spyOn(table, 'disabledUsernames').mockReturnValue(new Promise(() => {}));
    const fresh = new UserCacheSettingsService(table, clock);
    void fresh.load();
    expect(await fresh.isEnabled('alice')).toBe(true);
  });

  it('a switch that could not be stored is not in force', async () => {
    vi.spyOn(table, 'upsert').mockRejectedValue(outage);
    await expect(settings.setEnabled('alice', false)).rejects.toBe(outage);
    expect(await settings.isEnabled('alice')).toBe(true);
  });
});

it('a switch made during a load outlives it', async () => {
  let answer!: (usernames: string[]) => void;
  vi.spyOn(table, 'disabledUsernames').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  vi.spyOn(table, 'upsert').mockResolvedValue();
  const loading = settings.load();
  const switching = settings.setEnabled('alice', false);
  // By now the switch would have been made, had it not waited for the load to end.
  await new Promise(setImmediate);
  answer([]);
  await Promise.all([loading, switching]);
  expect(await settings.isEnabled('alice')).toBe(false);
});
