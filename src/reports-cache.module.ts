import { Module, type DynamicModule, type NestModule } from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import type { ReportsCacheOptions } from './common/options.js';
import { placeOutermost } from './http/outermost.js';
import { ReportsCacheInterceptor } from './http/reports-cache.interceptor.js';
import { ConfigurableModuleClass } from './reports-cache.module-definition.js';
import { PROVIDERS, PUBLIC_PROVIDERS } from './reports-cache.providers.js';

/** Keeps finished reports in an embedded SQLite file. Import it once, by `forRoot()` or `forRootAsync()`. */
@Module({
  imports: [DiscoveryModule, TerminusModule],
  providers: PROVIDERS,
  exports: PUBLIC_PROVIDERS,
})
export class ReportsCacheModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    private readonly interceptor: ReportsCacheInterceptor,
    private readonly moduleRef: ModuleRef,
  ) {
    super();
  }

  /**
   * @param options everything has a default; `isGlobal: true` makes the services injectable without an import.
   * @throws {InvalidOptionsError} when the app starts, naming every fault at once.
   */
  static override forRoot(options: ReportsCacheOptions & { isGlobal?: boolean } = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Nest's one hook between the last global interceptor and the first route. */
  configure(): void {
    placeOutermost(this.interceptor, this.moduleRef);
  }
}
