import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ReportsCacheOptions } from './common/options.js';

/** The options as the app gave them; the rooms use the resolved ones. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: RAW_OPTIONS } =
  new ConfigurableModuleBuilder<ReportsCacheOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createReportsCacheOptions')
    .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
