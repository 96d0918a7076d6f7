/**
 * What stands where a cache is said to be. `'older'` and `'newer'`: a cache whose tables another version of this package
 * has made; `migrations` names those that are missing, or not known here. `'foreign'`: something else.
 */
export type Recognition =
  | { readonly kind: 'cache' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'older' | 'newer'; readonly migrations: readonly string[] };

/** By the migrations that were carried out there, and those of this version. */
export function recogniseMigrations(
  executed: readonly string[],
  migrations: readonly { name?: string }[],
): Recognition {
  if (executed.length === 0) return { kind: 'foreign' };
  const known = migrations.map(({ name }) => name ?? '');
  const unknown = executed.filter((name) => !known.includes(name));
  if (unknown.length > 0) return { kind: 'newer', migrations: unknown };
  const missing = known.filter((name) => !executed.includes(name));
  return missing.length > 0 ? { kind: 'older', migrations: missing } : { kind: 'cache' };
}
