import type { Instrument } from './instruments.js';

/** Of Prometheus' text format, version 0.0.4. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** UCUM units and how Prometheus spells them. Annotations in braces have none. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name of an instrument in Prometheus, by the rules of OpenTelemetry's "Prometheus and OpenMetrics Compatibility":
 * the same that its Collector gives, so that one dashboard reads both.
 */
export function prometheusName({ name, unit, kind }: Instrument): string {
  const spelling = UNITS[unit];
  const suffixes = [...(spelling === undefined ? [] : [spelling]), ...(kind === 'counter' ? ['total'] : [])];
  return [prometheusLabel(name), ...suffixes].join('_');
}

export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
