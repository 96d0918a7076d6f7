import { type NestInterceptor } from '@nestjs/common';
import type { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { ModuleLogger } from '../common/module-logger.js';

/**
 * Moves an interceptor before all other global ones. Nest orders those by module, an app's own before the ones of a
 * module it imports: the cache would sit inside a `ClassSerializerInterceptor` and keep fields that are never sent.
 *
 * Nest has no public way to order them, so this reaches for the application's configuration; where a future version
 * hides it, a warning says what to do. Rejected: patching the adapter's `reply`, for an outer interceptor would then
 * run on a hit without the value it expects.
 */
export function placeOutermost(interceptor: NestInterceptor, moduleRef: ModuleRef): void {
  const config = (moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } }).container
    ?.applicationConfig;
  const interceptors = config?.getGlobalInterceptors();
  const position = interceptors?.indexOf(interceptor) ?? -1;
  if (interceptors === undefined || position === -1) {
    new ModuleLogger().warn(
      'The cache could not be placed before the other global interceptors of this app: import ReportsCacheModule ' +
        'first, and provide no APP_INTERCEPTOR that changes answers in the root module',
    );
    return;
  }
  interceptors.splice(position, 1);
  interceptors.unshift(interceptor);
}
