import { describe, expect, test } from 'vitest';
import { ValueNotCacheableError } from '../../src/index.js';
import { DRIVERS, restart, startCacheApp } from './cache-app.js';

describe.each(DRIVERS)('500 concurrent callers of set on %s', (type) => {
  test('25 are refused, 475 are stored, and nothing else is there', async () => {
    const app = await startCacheApp({ cache: { database: { type } } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, index) => {
        const value = index % 20 === 7 ? { index, render: () => index } : { index };
        return app.service.set(`k${index}`, value, { type: 't', companyId: index % 5, tags: ['all'] });
      }),
    );
    const stored = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(stored).toHaveLength(475);
    expect(outcomes.every((outcome) => outcome.status === 'rejected' || outcome.value)).toBe(true);
    expect(refused).toHaveLength(25);
    for (const error of refused) expect(error).toBeInstanceOf(ValueNotCacheableError);

    const later = await restart(app, { database: { type } });
    expect(await later.service.getStats()).toMatchObject({ totalEntries: 475, activeEntries: 475 });
    for (const table of ['cache_entries', 'cache_payloads', 'cache_entry_tags']) {
      const rows = await later.rows<{ cache_key: string }>(`SELECT cache_key FROM ${table}`);
      expect(rows.map((row) => row.cache_key).sort()).toEqual(stored.map((index) => `k${index}`).sort());
    }
    for (const index of stored) expect(await later.service.get(`k${index}`)).toEqual({ index });
  });
});
