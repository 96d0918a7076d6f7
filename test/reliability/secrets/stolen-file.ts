import { randomBytes } from 'node:crypto';
import { CacheEntryRepository, CacheService, type ReportsCacheOptions } from '../../../src/index.js';
import { Database } from '../../../src/storage/database.js';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';
import { startReportApp } from '../../support/report-app.js';

export const ENCRYPTION = { keys: [{ id: '2026', key: randomBytes(32) }] };

export interface ForgeryResult {
  forged: number;
  /** Answers that are not those of their key. */
  wrong: number;
  misses: number;
}

/** What somebody puts into a row who can write the file, knows the layout and mends the checksums, and has no key. */
type Forgery = (other: StoredEntry) => Partial<StoredEntry>;

const FORGERIES: readonly Forgery[] = [
  (other) => other,
  ({ bytes, format }) => ({ bytes, format }),
  ({ bytes, format, companyId }) => ({ bytes, format, companyId }),
  ({ bytes, format, createdAt, expiresAt, graceUntil }) => ({
    bytes,
    format,
    createdAt,
    expiresAt,
    graceUntil,
  }),
];

/** Stores a payroll for each of so many companies, forges each row from its neighbour's, and asks again. */
export async function forgeRows(
  companies: number,
  encryption: ReportsCacheOptions['encryption'],
): Promise<ForgeryResult> {
  const { app, service, keys } = await startWithPayrolls(companies, encryption);
  // Without a cipher the repository stores what it is given, under a checksum that is right.
  const thief = new CacheEntryRepository(app.get(Database));
  const stolen = (await Promise.all(keys.map((key) => thief.find(key)))) as StoredEntry[];
  await Promise.all(
    stolen.map((own, index) => {
      const other = stolen[(index + 1) % stolen.length]!;
      return thief.put({ ...own, ...FORGERIES[index % FORGERIES.length]!(other), key: own.key });
    }),
  );
  return askAgain(service, keys);
}

const TURN_AROUND = `
  UPDATE cache_payloads SET (format, body, checksum) = (
    SELECT p.format, p.body, p.checksum FROM temp.before AS p WHERE p.cache_key = printf('payroll of %06d',
      ? - CAST(substr(cache_payloads.cache_key, length('payroll of ') + 1) AS INTEGER)))`;

/** The first payload changes places with the last, and so on, each with its own checksum. */
export async function swapPayloads(
  companies: number,
  encryption: ReportsCacheOptions['encryption'],
): Promise<ForgeryResult> {
  const { app, service, keys } = await startWithPayrolls(companies, encryption);
  await app.get(Database).write(async (_manager, sql) => {
    await sql.run('CREATE TEMP TABLE before AS SELECT * FROM cache_payloads');
    await sql.run(TURN_AROUND, [companies - 1]);
    await sql.run('DROP TABLE temp.before');
  });
  return askAgain(service, keys);
}

async function startWithPayrolls(companies: number, encryption: ReportsCacheOptions['encryption']) {
  const { app } = await startReportApp({ cache: { memory: false, encryption } });
  const service = app.get(CacheService);
  const keys = Array.from({ length: companies }, (_, id) => `payroll of ${String(id).padStart(6, '0')}`);
  await Promise.all(
    keys.map((key, companyId) => service.set(key, { salariesOf: key }, { type: 'payroll', companyId })),
  );
  return { app, service, keys };
}

async function askAgain(service: CacheService, keys: readonly string[]): Promise<ForgeryResult> {
  const answers = await Promise.all(keys.map((key) => service.get<{ salariesOf: string }>(key)));
  return {
    forged: keys.length,
    wrong: answers.filter((answer, id) => answer !== undefined && answer.salariesOf !== keys[id]).length,
    misses: answers.filter((answer) => answer === undefined).length,
  };
}
