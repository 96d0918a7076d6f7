import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { resolveOptions } from '../../src/common/options.schema.js';
import { newDatabase, openDatabase } from './open-database.js';

test('without the npm package pg the app starts, and is told what to install', async () => {
  const load = vi.spyOn(PlatformTools, 'load').mockImplementation((name) => {
    throw new Error(`Cannot find module '${name}'`);
  });
  onTestFinished(() => load.mockRestore());
  const options = { database: { type: 'postgres', url: 'postgres://127.0.0.1/none' } } as const;
  const database = newDatabase(resolveOptions(options).database);
  await database.open();
  expect(database.state).toMatchObject({
    kind: 'unavailable',
    reason: 'the npm package pg cannot be loaded: npm install pg',
  });
  expect(database.dataSource).toBeNull();
});

test('SQLite never asks for the npm package pg', async () => {
  const load = vi.spyOn(PlatformTools, 'load');
  onTestFinished(() => load.mockRestore());
  await openDatabase();
  expect(load.mock.calls.flat()).not.toContain('pg');
});
