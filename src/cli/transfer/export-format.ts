import { z } from 'zod';
import type { PermanentKind } from '../../storage/repositories/permanent-rows.repository.js';
import { PERMANENT_KINDS } from '../../storage/repositories/permanent-rows.repository.js';

/** The first line's `format`: what the file is. */
export const EXPORT_FORMAT = 'nestjs-reports-cache';

/** Of the lines' shape. A reader refuses one that it does not know. */
export const EXPORT_VERSION = 1;

/** What an export can hold. */
export const EXPORT_KINDS = [...PERMANENT_KINDS, 'entry'] as const;
export type ExportKind = PermanentKind | 'entry';

/** Rows by kind. */
export type RowCounts = Readonly<Record<ExportKind, number>>;

export const noRows = (): Record<ExportKind, number> => ({
  watermark: 0,
  mapping: 0,
  setting: 0,
  config: 0,
  benchmark: 0,
  entry: 0,
});

// Lone surrogates would become another text in the store.
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => value.isWellFormed());
const name = text(200).min(1);
const epochMs = z.int().nonnegative();
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

const SHORT = 65_536;

/** The rows of each kind, by the names of the entities' fields. */
const rows = {
  watermark: z.strictObject({ companyId: name, schema: name, maxIdAct: text(SHORT), checkedAt: epochMs }),
  mapping: z.strictObject({ companyId: name, schema: name, createdAt: epochMs, lastVerified: epochMs }),
  setting: z.strictObject({
    username: name,
    cacheEnabled: z.boolean(),
    createdAt: epochMs,
    updatedAt: epochMs,
  }),
  config: z.strictObject({ key: name, value: text(SHORT), updatedAt: epochMs }),
  benchmark: z.strictObject({
    cacheType: name,
    avgTimeMs: milliseconds,
    sampleCount: count,
    lastUpdated: epochMs,
  }),
  entry: z.strictObject({
    key: text(SHORT).min(1),
    type: name,
    companyId: name.nullable(),
    username: text(SHORT).nullable(),
    tags: z.array(name),
    createdAt: epochMs,
    expiresAt: epochMs,
    graceUntil: epochMs,
    loadMs: milliseconds,
    format: text(SHORT),
    hitCount: count,
    lastAccessed: epochMs,
    checksum: count,
    body: z.base64(),
  }),
} satisfies Record<ExportKind, z.ZodType>;

const header = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.int(),
  exportedAt: z.iso.datetime(),
});

const trailer = z.strictObject({
  end: z.literal(true),
  rows: z.record(z.enum(EXPORT_KINDS), count),
  /** Hex, of every byte of the file before this line. */
  sha256: z.hex().length(64),
});

const rowLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('watermark'), row: rows.watermark }),
  z.strictObject({ kind: z.literal('mapping'), row: rows.mapping }),
  z.strictObject({ kind: z.literal('setting'), row: rows.setting }),
  z.strictObject({ kind: z.literal('config'), row: rows.config }),
  z.strictObject({ kind: z.literal('benchmark'), row: rows.benchmark }),
  z.strictObject({ kind: z.literal('entry'), row: rows.entry }),
]);

export type ExportHeader = z.infer<typeof header>;
export type ExportTrailer = z.infer<typeof trailer>;
export type ExportRow = z.infer<typeof rowLine>;
export type ExportedEntry = z.infer<typeof rows.entry>;

/** Readers of one line each; `undefined` for a line that is none of theirs. */
export const readHeader = (line: unknown): ExportHeader | undefined => header.safeParse(line).data;
export const readTrailer = (line: unknown): ExportTrailer | undefined => trailer.safeParse(line).data;
export const readRow = (line: unknown): ExportRow | undefined => rowLine.safeParse(line).data;
