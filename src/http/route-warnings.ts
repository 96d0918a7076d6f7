import { Injectable } from '@nestjs/common';
import { loggable } from '../common/loggable.js';
import type { BypassReason } from './bypass.js';
import { ModuleLogger } from '../common/module-logger.js';

const ADVICE: Partial<Record<BypassReason, string>> = {
  'no-identity': `the request carries credentials and nobody is named; set the module's "identify", or the scope 'global'`,
  'no-company': `the scope is 'company' and "company" returned none`,
  'company-type': `"company" returned neither a whole number nor a text of 1 to 200 characters`,
  'company-spelling': `"companyId" is a number in another spelling than its own, such as 01; give "company" a function that reads it`,
  'tags-type': '"tags" returned something else than a list of texts of 1 to 200 characters',
  'ttl-type': '"ttl" returned no duration above zero',
  'no-fingerprint': 'the function "scope" returned no text',
};

/** One warning for each route and reason, however many requests come. */
@Injectable()
export class RouteWarnings {
  private readonly logger = new ModuleLogger();
  private readonly given = new Set<string>();

  bypassed(route: string, reason: BypassReason): void {
    const advice = ADVICE[reason];
    if (advice !== undefined) this.warnOnce(route, reason, `is not cached: ${advice}`);
  }

  optionFailed(route: string, error: unknown): void {
    this.warnOnce(
      route,
      'option-failed',
      `is not cached: a function of its decorator, or the module's "identify" or "refresh.allow", threw or returned a promise: ${loggable(error)}`,
    );
  }

  /** A route of a lazily loaded module, which no start-time check has seen. */
  declaredWrongly(route: string, faults: readonly string[]): void {
    this.warnOnce(route, 'faults', `is not cached: ${faults.join('; ')}`);
  }

  evictionWidened(route: string): void {
    this.warnOnce(
      route,
      'evict',
      '@CacheEvict could not read its company or tags and drops entries whatever they are',
    );
  }

  private warnOnce(route: string, reason: string, message: string): void {
    const id = `${route} ${reason}`;
    if (this.given.has(id)) return;
    this.given.add(id);
    this.logger.warn(`${route} ${message}`);
  }
}
