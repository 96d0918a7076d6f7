import { beforeEach, describe, expect, it, test } from 'vitest';
import { InvalidArgumentError } from '../../src/index.js';
import { RuntimePolicyService } from '../../src/settings/runtime-policy.service.js';

let policy: RuntimePolicyService;

beforeEach(() => {
  policy = new RuntimePolicyService();
});

describe('the runtime policy', () => {
  it('leaves everything as the code says until something is set', () => {
    expect(policy.isOn('ledger')).toBe(true);
    expect(policy.ttlMs('ledger')).toBeUndefined();
  });

  it('switches all types off together', () => {
    policy.apply({ 'cache.enabled': 'false', 'cache.enabled.ledger': 'true' });
    expect(policy.isOn('ledger')).toBe(false);
  });

  it('switches one type off and leaves the others on', () => {
    policy.apply({ 'cache.enabled.ledger': 'false' });
    expect(policy.isOn('ledger')).toBe(false);
    expect(policy.isOn('balance')).toBe(true);
  });

  it('sets the TTL of one type', () => {
    policy.apply({ 'cache.ttl.ledger': '2h' });
    expect(policy.ttlMs('ledger')).toBe(7_200_000);
    expect(policy.ttlMs('balance')).toBeUndefined();
  });

  it('passes by what it cannot read, so that a row written by hand breaks nothing', () => {
    policy.apply({
      'cache.ttl.ledger': 'soon',
      'cache.enabled': 'perhaps',
      'cache.colour': 'red',
      other: 'x',
    });
    expect(policy.isOn('ledger')).toBe(true);
    expect(policy.ttlMs('ledger')).toBeUndefined();
  });

  test.each([
    ['cache.enabled', 'yes'],
    ['cache.enabled.ledger', ''],
    ['cache.ttl.ledger', '-5m'],
    ['cache.ttl.ledger', 'soon'],
    ['cache.ttl.', '5m'],
    ['cache.colour', 'red'],
  ])('refuses %s = %o, naming the key', (key, value) => {
    expect(() => policy.check(key, value)).toThrow(InvalidArgumentError);
    expect(() => policy.check(key, value)).toThrow(key);
  });

  it("takes any value for the app's own keys", () => {
    expect(() => policy.check('banner', 'yes')).not.toThrow();
  });
});
