import { InvalidArgumentError } from '../common/errors.js';
import type { Watermark, WatermarkPart } from '../common/watermark-source.js';

/**
 * The text of a watermark as `cache_watermarks.max_id_act` keeps it: plain JSON, with bigint and Date marked.
 * @throws {InvalidArgumentError} for what JSON would turn into another watermark, such as NaN or `undefined`.
 */
export function encodeWatermark(watermark: Watermark): string {
  return JSON.stringify(isTuple(watermark) ? watermark.map(encodePart) : encodePart(watermark));
}

/** @throws {SyntaxError} when the text is no watermark. */
export function decodeWatermark(text: string): Watermark {
  const parsed = JSON.parse(text) as EncodedPart | EncodedPart[];
  return Array.isArray(parsed) ? parsed.map(decodePart) : decodePart(parsed);
}

type EncodedPart = number | string | null | { readonly bigint: string } | { readonly date: number };

function isTuple(watermark: Watermark): watermark is readonly WatermarkPart[] {
  return Array.isArray(watermark);
}

function encodePart(part: WatermarkPart): EncodedPart {
  if (typeof part === 'bigint') return { bigint: String(part) };
  if (part instanceof Date && Number.isFinite(part.getTime())) return { date: part.getTime() };
  if (part === null || typeof part === 'string' || Number.isFinite(part)) return part as EncodedPart;
  throw new InvalidArgumentError(
    'A watermark must be made of finite numbers, bigints, texts, dates and null',
  );
}

function decodePart(part: EncodedPart): WatermarkPart {
  if (typeof part !== 'object' || part === null) return part;
  return 'bigint' in part ? BigInt(part.bigint) : new Date(part.date);
}
