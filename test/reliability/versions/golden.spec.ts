import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CacheEntryRepository } from '../../../src/index.js';
import { ValueCodec } from '../../../src/cache/value-codec.js';
import { StoredResponseCodec } from '../../../src/http/stored-response.codec.js';
import { Database } from '../../../src/storage/database.js';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';
import { startCacheApp } from '../../module/cache-app.js';
import { ADAPTERS, startReportApp } from '../../support/report-app.js';
import { keysOf, RowReports } from '../hostile/stored-answers.js';
import { Wire } from '../hostile/wire.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { type GoldenRow, goldenRows, toStoredEntry } from './golden.js';

test.each(goldenRows('value/'))(
  '$entry.key of $entry.format is read as it was meant, or is a miss',
  async (row) => {
    const app = await startCacheApp({ cache: { memory: false, database: { path: await fileWithoutId() } } });
    const entries = app.get(CacheEntryRepository);
    await storeAsWritten(entries, app.database, toStoredEntry(row), row);
    const value = await app.service.get(row.entry.key);
    expect(value === undefined ? 'a miss' : plain(value)).toEqual(
      isRead(row, new ValueCodec().format) ? row.meaning : 'a miss',
    );
    reportFigures(`11 golden ${row.entry.key}`, {
      format: row.entry.format,
      read: value === undefined ? 'a miss' : 'yes',
    });
  },
);

const answers = ADAPTERS.flatMap((adapter) => goldenRows('http/').map((row) => ({ adapter, row })));

test.each(answers)(
  '$row.entry.key of $row.entry.format is sent as it was, or is a miss ($adapter)',
  async ({ adapter, row }) => {
    const { app, url } = await startReportApp({
      adapter,
      controllers: [RowReports],
      cache: { memory: false },
    });
    const wire = new Wire(url);
    onTestFinished(() => wire.close());
    const entries = app.get(CacheEntryRepository, { strict: false });
    const key = (await keysOf(wire, app))(1);
    await storeAsWritten(
      entries,
      app.get(Database, { strict: false }),
      { ...toStoredEntry(row), key },
      undefined,
    );
    const { headers, text } = await wire.ask({ path: '/rows/1' });
    const { 'content-type': contentType, 'x-report': report, etag } = headers;
    if (row.entry.format === new StoredResponseCodec().format)
      expect({ contentType, report, etag, body: text }).toEqual(row.meaning);
    else expect([headers['x-cache'], text]).toEqual(['MISS', 'fresh 1']);
  },
);

test('every format that this version writes has golden rows', () => {
  const formats = [...goldenRows('value/'), ...goldenRows('http/')].map(({ entry }) => entry.format);
  expect(formats).toEqual(
    expect.arrayContaining([new ValueCodec().format, new StoredResponseCodec().format]),
  );
});

/** As versions made it that gave a file no id, which checksums begin with now. */
async function fileWithoutId(): Promise<string> {
  const path = join(tempFolder(), 'cache.sqlite');
  const database = new Database({ type: 'sqlite', path, busyTimeoutMs: 5_000 });
  await database.open();
  await database.write((_manager, sql) => sql.pragma('user_version = 0'));
  await database.close();
  return path;
}

/** With the checksum of then, where the key is still that of then. The clock of these apps stands within the lifetime. */
async function storeAsWritten(
  entries: CacheEntryRepository,
  database: Database,
  entry: StoredEntry,
  golden: GoldenRow | undefined,
): Promise<void> {
  await entries.put(entry);
  if (golden === undefined) return;
  await database.write((_manager, sql) =>
    sql.run('UPDATE cache_payloads SET checksum = ? WHERE cache_key = ?', [golden.checksum, entry.key]),
  );
}

function isRead({ entry }: GoldenRow, format: string): boolean {
  return entry.format === format;
}

/** A value in the words of JSON, as the golden files keep what it means. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return [...value].map(plain);
  if (value instanceof Set) return [...value].map(plain);
  if (Buffer.isBuffer(value)) return value.toString();
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON() as unknown;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
