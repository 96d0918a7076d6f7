import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { http, type HttpOptions } from '../../support/http-client.js';

/** A metric as the parser of the exposition format gives it; its ES build imports what is none. */
export interface Scraped {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly ScrapedSample[];
}

export interface ScrapedSample {
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const parse = createRequire(import.meta.url)('parse-prometheus-text-format') as (text: string) => Scraped[];

/** Each metric by its name; samples that the parser found apart come together. */
export function parseExposition(text: string): Map<string, Scraped> {
  const metrics = new Map<string, Scraped>();
  for (const metric of parse(text)) {
    const before = metrics.get(metric.name)?.metrics ?? [];
    metrics.set(metric.name, { ...metric, metrics: [...before, ...metric.metrics] });
  }
  return metrics;
}

/**
 * The lines of histograms one by one, as `name_bucket`, `name_sum` and `name_count`: told that they are a histogram, the
 * parser throws those of different labels together.
 */
function parseLines(text: string): [string, Scraped][] {
  const untyped = text.replaceAll(/^# TYPE \S+ histogram$/gm, '');
  return [...parseExposition(untyped)].filter(([name]) => /_(bucket|sum|count)$/.test(name));
}

/** Scrapes as Prometheus does. */
export async function scrape(url: string, options: HttpOptions = {}): Promise<Map<string, Scraped>> {
  const { status, text, headers } = await http(`${url}/metrics`, options);
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/);
  return new Map([...parseExposition(text), ...parseLines(text)]);
}

/** The samples of a counter or gauge, as `label=value label=value` → number. */
export function values(metrics: Map<string, Scraped>, name: string): Record<string, number> {
  const samples = metrics.get(name)?.metrics ?? [];
  return Object.fromEntries(samples.map(({ labels, value }) => [labelText(labels), Number(value)]));
}

export function labelText(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name.replace('reports_cache_', '')}=${value}`)
    .sort()
    .join(' ');
}
