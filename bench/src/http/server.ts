import 'reflect-metadata';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { temporaryFile } from '../harness/folders.js';
import { makeReport } from '../harness/payload.js';
import { PerformanceLogService } from '../library.js';
import type { ServerAnswer, ServerGreeting, ServerKind, ServerOptions } from './contract.js';
import { doNothing } from './do-nothing.interceptor.js';
import { readMetrics, registerMetrics } from './metrics-readers.js';
import { bytesModule, libraryModule, objectModule, stockModule } from './report-modules.js';

// Runs as a process of its own, started by `server-process.ts`.
const options = JSON.parse(process.argv[2]!) as ServerOptions;
const blocks = monitorEventLoopDelay({ resolution: 5 });
registerMetrics(options);
const app = await createApp(options);
await app.listen(0, '127.0.0.1');
readMetrics(app, options);
process.on('message', () => send(usage()));
process.on('disconnect', () => void stop());
blocks.enable();
send({ port: (app.getHttpServer().address() as AddressInfo).port });

async function createApp({ adapter, kind, performanceLog }: ServerOptions): Promise<INestApplication> {
  const http = adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const created: INestApplication = await NestFactory.create(moduleOf(options), http as ExpressAdapter, {
    logger: ['warn', 'error'],
  });
  if (kind.endsWith('-interceptor')) created.useGlobalInterceptors(doNothing);
  if (performanceLog === false) created.get(PerformanceLogService, { strict: false }).log = () => undefined;
  return created;
}

function moduleOf({
  kind,
  bytes,
  delayMs = 0,
  driver = 'sqlite',
  memory,
  metrics,
}: ServerOptions): Type<unknown> {
  const report = makeReport(bytes);
  const modules: Record<ServerKind, () => Type<unknown>> = {
    bytes: () => bytesModule(report),
    'bytes-interceptor': () => bytesModule(report),
    object: () => objectModule(report, delayMs),
    'object-interceptor': () => objectModule(report, delayMs),
    'stock-memory': () => stockModule(report, 'memory'),
    'stock-keyv': () => stockModule(report, 'keyv'),
    library: () => {
      const database = { type: driver, path: temporaryFile('cache.sqlite') };
      return libraryModule(report, delayMs, { database, memory }, metrics === 'prom-client');
    },
  };
  return modules[kind]();
}

function usage(): ServerAnswer {
  const { user, system } = process.cpuUsage();
  const longestBlockMs = blocks.max / 1e6;
  blocks.reset();
  return { cpuMicroseconds: user + system, longestBlockMs };
}

function send(message: ServerGreeting | ServerAnswer): void {
  process.send?.(message);
}

async function stop(): Promise<void> {
  await app.close();
  process.exit();
}
