import type { Provider } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CacheableRoute } from '../http/cacheable-route.js';
import { EvictingRoute } from '../http/evicting-route.js';
import { HttpDialects } from '../http/http-dialects.js';
import { ReportsCacheInterceptor } from '../http/reports-cache.interceptor.js';
import { Replays } from '../http/replays.js';
import { RequestRecorder } from '../http/request-recorder.js';
import { ResponseWriter } from '../http/response-writer.js';
import { RoutePlans } from '../http/route-plans.js';
import { RouteWarnings } from '../http/route-warnings.js';
import { ShadowRun } from '../http/shadow-run.js';
import { VisitLog } from '../http/visit-log.js';

export const httpProviders: Provider[] = [
  RoutePlans,
  RouteWarnings,
  HttpDialects,
  ResponseWriter,
  RequestRecorder,
  ShadowRun,
  Replays,
  VisitLog,
  CacheableRoute,
  EvictingRoute,
  ReportsCacheInterceptor,
  { provide: APP_INTERCEPTOR, useExisting: ReportsCacheInterceptor },
];
