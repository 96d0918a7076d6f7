import type { ModulesContainer } from '@nestjs/core';
import { InvalidOptionsError } from './common/errors.js';
import { Database } from './storage/database.js';

type Modules = Pick<ModulesContainer, 'values'>;
type Module = ReturnType<ModulesContainer['values']> extends Iterator<infer M> ? M : never;

/**
 * A second cache in one app would invalidate only its own memory, and a service would come from whichever of the two
 * was found first. Importing the very same dynamic module object in several places makes one cache and is fine.
 * @throws {InvalidOptionsError} naming the modules that import it.
 */
export function requireOnlyOne(modules: Modules): void {
  const caches = [...modules.values()].filter((module) => module.providers.has(Database));
  if (caches.length < 2) return;
  throw new InvalidOptionsError([
    `ReportsCacheModule is imported ${caches.length} times, by ${importersOf(caches, modules).join(' and ')}: ` +
      'import it once, with isGlobal: true where several modules use it',
  ]);
}

function importersOf(caches: readonly Module[], modules: Modules): string[] {
  return [...modules.values()]
    .filter((module) => caches.some((cache) => module.imports.has(cache)))
    .map((module) => module.name);
}
