import 'reflect-metadata';
import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CacheService } from '../../../src/index.js';
import { ReportsController } from './reports.controller.js';
import { SettingLoad, type SettingLoadOptions } from './setting-load.js';

/** What the app tells its parent, besides each key that was acknowledged to a caller of `set`. */
export type AppMessage =
  | { readonly url: string }
  | { readonly acknowledged: string }
  /** How long the cache took to write what waited and to close its store, in milliseconds. */
  | { readonly drainedMs: number }
  /** Closed, twice; nothing should hold the process now. */
  | { readonly refused: number };

@Module({ controllers: [ReportsController] })
class AppModule {}

/** Twice as many at the end as one transaction takes, so that some wait for the next. */
const LOAD: SettingLoadOptions = { name: 'app', flows: 32, burst: 1_024 };

/** Runs a Nest app on the cache module, under the load of its own calls of `set`, until it is told to end. */
export async function runLoadedApp(
  adapter: string,
  cache: DynamicModule,
  settings: SettingLoadOptions = LOAD,
): Promise<void> {
  const app = await NestFactory.create(
    { module: AppModule, imports: [cache] },
    adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: false },
  );
  const load = new SettingLoad(
    app.get(CacheService, { strict: false }),
    (key) => tell({ acknowledged: key }),
    settings,
  );
  process.once('SIGTERM', () => load.signalled());
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  tell({ url: await app.getUrl() });
  endWithoutForce(app, load, load.run());
}

/**
 * Nest ends the process by sending it the signal again, whatever still holds it. Kept from that, the process ends only
 * when no handle is left.
 */
function endWithoutForce(app: INestApplication, load: SettingLoad, running: Promise<void>): void {
  process.kill = () => {
    void Promise.all([app.close(), running]).then(() => {
      tell({ refused: load.refused });
      process.disconnect();
    });
    return true;
  };
}

export function tell(message: AppMessage): void {
  process.send!(message);
}
