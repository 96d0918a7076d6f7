/** A line of a report as an ERP writes it: text beyond ASCII, decimals, dates. */
interface ReportRow {
  readonly date: string;
  readonly document: string;
  readonly account: string;
  readonly customer: string;
  readonly description: string;
  readonly debit: number;
  readonly credit: number;
  readonly balance: string;
}

/** A report, its rows and its totals. */
export interface Report {
  readonly company: string;
  readonly period: string;
  readonly rows: readonly ReportRow[];
}

const CUSTOMERS = [
  'Škoda Plzeň a. s.',
  'Łódź Tkaniny Sp. z o.o.',
  'Müller & Söhne',
  'Société Générale d’Été',
  '東京商事',
  'Αθήνα ΑΕ',
];
const DESCRIPTIONS = [
  'Prodej zboží – tuzemsko',
  'Usługi księgowe',
  'Bürobedarf',
  'Dédouanement',
  '売上',
  'Factură avans',
];

export const KIB = 1_024;
export const MIB = 1_024 * KIB;

export interface PayloadSize {
  readonly name: string;
  readonly bytes: number;
}

export const SIZES: readonly PayloadSize[] = [
  { name: '1 KiB', bytes: KIB },
  { name: '100 KiB', bytes: 100 * KIB },
  { name: '2 MiB', bytes: 2 * MIB },
];

/** A report whose JSON takes about `bytes` bytes; the same one for the same arguments. */
export function makeReport(bytes: number, seed = 1): Report {
  const random = seededRandom(seed);
  const rows: ReportRow[] = [];
  const report = { company: `${seed}`, period: '2026-03', rows };
  let size = Buffer.byteLength(JSON.stringify(report));
  for (let row = makeRow(random, 1); ; row = makeRow(random, rows.length + 1)) {
    const grown = size + Buffer.byteLength(JSON.stringify(row)) + 1;
    if (rows.length > 0 && grown > bytes) return report;
    rows.push(row);
    size = grown;
  }
}

function makeRow(random: () => number, number: number): ReportRow {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const amount = Math.round(random() * 10_000_000) / 100;
  const isDebit = random() < 0.5;
  return {
    date: new Date(Date.UTC(2026, 2, 1 + Math.floor(random() * 31), 8, number % 60)).toISOString(),
    document: `FV-2026-${String(number).padStart(6, '0')}`,
    account: String(100_000 + Math.floor(random() * 900_000)),
    customer: pick(CUSTOMERS),
    description: pick(DESCRIPTIONS),
    debit: isDebit ? amount : 0,
    credit: isDebit ? 0 : amount,
    balance: (random() * 1e9).toFixed(4),
  };
}

/** A linear congruential generator, seeded, so that every run measures the same bytes. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
