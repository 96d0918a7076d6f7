import { describe, expect, it, test } from 'vitest';
import { INSTRUMENTS, type Instrument } from '../../src/telemetry/instruments.js';
import { prometheusLabel, prometheusName } from '../../src/telemetry/prometheus-names.js';
import { codeSpans, Markdown } from './markdown.js';
import { readProjectFile } from './project.js';
import { publicMembers } from './public-api.js';

const docs = new Markdown('docs/metrics.md');
const instruments = Object.values<Instrument>(INSTRUMENTS);

/** The names of the lines that Prometheus keeps of an instrument. */
function seriesOf(instrument: Instrument): string[] {
  const name = prometheusName(instrument);
  return instrument.kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

const series = new Set(instruments.flatMap(seriesOf));
const labels = new Set(instruments.flatMap(({ attributes }) => attributes.map(prometheusLabel)));

describe('the names of the metrics', () => {
  it('are lower case words joined by dots, each once', () => {
    const names = instruments.map(({ name }) => name);
    for (const name of names) expect(name).toMatch(/^reports_cache(\.[a-z]+)+$/);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(instruments.map(prometheusName)).size).toBe(names.length);
  });

  it('do not change: dashboards and alerts of users hold them', () => {
    expect(instruments.map(prometheusName).sort()).toMatchInlineSnapshot(`
      [
        "reports_cache_bypasses_total",
        "reports_cache_drop_delay_seconds",
        "reports_cache_fill_duration_seconds",
        "reports_cache_flush_duration_seconds",
        "reports_cache_load_active",
        "reports_cache_load_duration_seconds",
        "reports_cache_log_dropped_total",
        "reports_cache_log_pending",
        "reports_cache_lookup_duration_seconds",
        "reports_cache_memory_entries",
        "reports_cache_memory_limit_bytes",
        "reports_cache_memory_size_bytes",
        "reports_cache_misses_total",
        "reports_cache_request_duration_seconds",
        "reports_cache_requests_total",
        "reports_cache_shadow_checks_total",
        "reports_cache_shadow_differences_total",
        "reports_cache_store_breaker_open",
        "reports_cache_store_commits_total",
        "reports_cache_store_entries",
        "reports_cache_store_file_size_bytes",
        "reports_cache_store_limit_bytes",
        "reports_cache_store_queue",
        "reports_cache_store_size_bytes",
        "reports_cache_store_up",
        "reports_cache_watermark_up",
      ]
    `);
  });
});

test('docs/metrics.md lists the metrics as they are', () => {
  const rows = docs
    .table('metric')
    .rows.map(([name = '', kind, unit = '', attributes = '', description]) => ({
      name: codeSpans(name)[0],
      kind,
      unit: codeSpans(unit)[0],
      attributes: codeSpans(attributes),
      description,
    }));
  expect(rows).toEqual(instruments);
});

test('docs/metrics.md explains every attribute', () => {
  const attributes = new Set(instruments.flatMap((instrument) => instrument.attributes));
  const explained = docs.table('attribute').rows.map(([name = '']) => codeSpans(name)[0]);
  expect(new Set(explained)).toEqual(attributes);
});

test('docs/metrics.md names the options of the module for Prometheus', () => {
  const { rows } = docs.table('option of `ReportsCacheMetricsModule.forRoot`');
  expect(rows.map(([name = '']) => codeSpans(name)[0]).sort()).toEqual(
    publicMembers('ReportsCacheMetricsOptions').sort(),
  );
});

test('the alerts of docs/metrics.md ask for metrics and labels there are', () => {
  const alerts = docs.table('to be told when').rows.map(([, expression = '']) => codeSpans(expression)[0]!);
  expect(alerts.length).toBeGreaterThan(3);
  for (const alert of alerts) expectKnown(alert);
});

describe('the dashboard for Grafana', () => {
  interface Panel {
    readonly type: string;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }
  interface Dashboard {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  }
  const dashboard = JSON.parse(readProjectFile('docs/grafana/reports-cache.json')) as Dashboard;
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  test.each(panels.map(({ title, targets = [] }) => [title, targets.map(({ expr }) => expr)] as const))(
    '%s asks for metrics and labels there are',
    (_title, asked) => {
      expect(asked.length).toBeGreaterThan(0);
      for (const expression of asked) expectKnown(expression);
    },
  );

  it('offers the types there are', () => {
    for (const { definition } of dashboard.templating.list) if (definition) expectKnown(definition);
  });

  it('shows every metric', () => {
    const shown = (instrument: Instrument) =>
      seriesOf(instrument).some((name) =>
        expressions.some((expression) => namesIn(expression).includes(name)),
      );
    expect(instruments.filter((instrument) => !shown(instrument)).map(({ name }) => name)).toEqual([]);
  });
});

test('the check would find a metric that is not there', () => {
  expect(() => expectKnown('rate(reports_cache_request_total[5m])')).toThrow();
  expect(() => expectKnown('reports_cache_requests_total{reports_cache_kind="a"}')).toThrow();
});

/** @throws when a metric or label of ours that is named is none. */
function expectKnown(expression: string): void {
  const names = namesIn(expression);
  expect(names.length, expression).toBeGreaterThan(0);
  for (const name of names)
    expect(series.has(name) || labels.has(name), `${name} in ${expression}`).toBe(true);
  expect(
    names.some((name) => series.has(name)),
    expression,
  ).toBe(true);
}

function namesIn(expression: string): string[] {
  return expression.match(/\breports_cache_\w+/g) ?? [];
}
