import type { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';

/** The app's registry where it imports `ScheduleModule`, else one of our own. */
export function findSchedulerRegistry(moduleRef: ModuleRef): SchedulerRegistry {
  try {
    return moduleRef.get(SchedulerRegistry, { strict: false });
  } catch {
    return new SchedulerRegistry();
  }
}
