import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Controller, Get } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import { Cacheable, type EncryptionKey, REPORTS_CACHE_OPTIONS } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';
import { onPostgres, testStore } from '../support/test-store.js';

const OLD: EncryptionKey = { id: '2025', key: randomBytes(32) };
const NEW: EncryptionKey = { id: '2026', key: randomBytes(32).toString('base64') };

const REPORT = { account: 'Erlöse', balance: '1,204,331.07' };

@Controller()
class Reports {
  @Get('ledger')
  @Cacheable()
  ledger(): unknown {
    return REPORT;
  }
}

describe.each(ADAPTERS)('the module with keys, on %s', (adapter) => {
  /** One life of the app on this file: asks for the report, and stops. */
  async function ask(path: string, ...keys: EncryptionKey[]) {
    const encryption = keys.length === 0 ? undefined : { keys };
    const options = { adapter, controllers: [Reports], cache: { database: { path }, encryption } };
    const { app, url } = await startReportApp(options);
    const answer = await http(`${url}/ledger`);
    await app.close();
    return { xCache: answer.xCache, report: JSON.parse(answer.text) as unknown };
  }

  const miss = { xCache: 'MISS', report: REPORT };
  const hit = { xCache: 'HIT', report: REPORT };

  test('finds its reports again after a restart, and whoever has the file does not', async () => {
    const { path } = testStore();
    expect(await ask(path, OLD)).toEqual(miss);
    expect(await ask(path, OLD)).toEqual(hit);
    if (!onPostgres) expect(readFileSync(path).includes('331.07')).toBe(false);
  });

  test('keeps its reports while a key is changed, until the old one is taken out', async () => {
    const { path } = testStore();
    expect(await ask(path, OLD)).toEqual(miss);
    expect(await ask(path, OLD, NEW)).toEqual(hit);
    expect(await ask(path, NEW, OLD)).toEqual(hit);
    expect(await ask(path, NEW)).toEqual(miss);
    expect(await ask(path, NEW)).toEqual(hit);
    expect(await ask(path, OLD)).toEqual(miss);
  });

  test('asks the source again for what was written without keys, and the other way round', async () => {
    const { path } = testStore();
    expect(await ask(path)).toEqual(miss);
    expect(await ask(path, NEW)).toEqual(miss);
    expect(await ask(path, NEW)).toEqual(hit);
    expect(await ask(path)).toEqual(miss);
    expect(await ask(path)).toEqual(hit);
  });
});

test('who prints the options of the module sees no key', async () => {
  const { app } = await startReportApp({ cache: { encryption: { keys: [NEW] } } });
  const printed = inspect(app.get(REPORTS_CACHE_OPTIONS), { depth: 9, showHidden: true });
  expect(printed).toContain('2026');
  expect(printed).not.toContain(String(NEW.key).slice(0, 20));
});
