import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CacheService } from 'nestjs-reports-cache';
import { AppModule } from './app.module.js';
import { prepareLedger } from './erp/prepare-ledger.js';
import { readSettings } from './settings.js';
import { thingsToTry } from './things-to-try.js';

const settings = readSettings(process.env);
const print = (line: string): void => console.log(line);

const isNewLedger = await prepareLedger(settings, print);

const app = await NestFactory.create(AppModule.forSettings(settings), {
  logger: ['warn', 'error'],
  forceCloseConnections: true,
});
app.enableShutdownHooks();
// The cache's file goes with the old ledger; a server has kept its reports.
if (isNewLedger) await app.get(CacheService).clear();
await app.listen(settings.port);
thingsToTry(await app.getUrl()).forEach(print);
