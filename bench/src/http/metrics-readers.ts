import type { INestApplication } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { ReportsCacheMetrics } from '../library.js';
import type { ServerOptions } from './contract.js';

/** More often than anybody scrapes or exports, so that reading counts too. */
const READ_EVERY_MS = 1_000;

/** As an app does before Nest starts. */
export function registerMetrics({ metrics: reader }: ServerOptions): void {
  if (reader !== 'opentelemetry') return;
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const periodic = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: READ_EVERY_MS,
    exportTimeoutMillis: READ_EVERY_MS,
  });
  setInterval(() => exporter.reset(), READ_EVERY_MS).unref();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [periodic] }));
}

/** A scrape without its request. */
export function readMetrics(app: INestApplication, { metrics: reader }: ServerOptions): void {
  if (reader !== 'prom-client') return;
  const shown = app.get(ReportsCacheMetrics, { strict: false });
  setInterval(() => void shown.text(), READ_EVERY_MS).unref();
}
