import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { DashboardViewOptions } from './dashboard-options.js';

/** What the page shows. What decides on routes stands beside it: Nest makes routes before it calls factories. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: RAW_VIEW_OPTIONS } =
  new ConfigurableModuleBuilder<DashboardViewOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createReportsCacheDashboardOptions')
    .build();
