import type { OnModuleInit } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type * as PromClient from 'prom-client';
import { InvalidOptionsError } from '../common/errors.js';
import { Metering } from './metering.js';
import { PROMETHEUS_CONTENT_TYPE } from './prometheus-names.js';
import { prometheusMetrics, type PrometheusMetric } from './prometheus-metrics.js';

/** A registry of `prom-client`, the app's own for instance. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
}

/** The cache's metrics in the text format of Prometheus. */
export class ReportsCacheMetrics implements OnModuleInit {
  /** Of {@link text}. */
  readonly contentType = PROMETHEUS_CONTENT_TYPE;
  #registry: PromClient.Registry | undefined;
  #metrics: readonly PrometheusMetric[] | undefined;

  /** @internal */
  constructor(private readonly moduleRef: ModuleRef) {}

  /** @throws {InvalidOptionsError} without `ReportsCacheModule` in the app, or without the package `prom-client`. */
  async onModuleInit(): Promise<void> {
    const metering = this.findMetering();
    const { Registry: RegistryClass } = await importPromClient();
    metering.turnOn();
    this.#metrics = prometheusMetrics(metering.meters, () => metering.readings());
    this.#registry = new RegistryClass();
    this.registerIn(this.#registry);
  }

  /** What a scrape gets: this process's figures. Never throws for a store that is out; its figures are missing then. */
  async text(): Promise<string> {
    return (await this.#registry?.metrics()) ?? '';
  }

  /**
   * Adds the metrics to a registry whose endpoint the app has already.
   * @throws what the registry throws when it has metrics of these names.
   */
  registerIn(registry: MetricsRegistry): void {
    for (const metric of this.#metrics ?? []) registry.registerMetric(metric as never);
  }

  private findMetering(): Metering {
    try {
      return this.moduleRef.get(Metering, { strict: false });
    } catch {
      throw new InvalidOptionsError([
        'ReportsCacheMetricsModule has nothing to measure: import ReportsCacheModule.forRoot() as well',
      ]);
    }
  }
}

async function importPromClient(): Promise<typeof PromClient> {
  try {
    return await import('prom-client');
  } catch (error) {
    throw new InvalidOptionsError([
      `ReportsCacheMetricsModule needs the package prom-client, which cannot be loaded: npm install prom-client (${(error as { code?: string }).code ?? 'unknown error'})`,
    ]);
  }
}
