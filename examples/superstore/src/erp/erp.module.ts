import { type DynamicModule, Module } from '@nestjs/common';
import { ErpDatabase } from './erp-database.js';

/** Gives the whole app its {@link ErpDatabase}. */
@Module({})
export class ErpModule {
  static forLedger(path: string): DynamicModule {
    return {
      module: ErpModule,
      global: true,
      providers: [{ provide: ErpDatabase, useValue: new ErpDatabase(path) }],
      exports: [ErpDatabase],
    };
  }
}
