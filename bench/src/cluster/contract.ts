/** Of the caches that several instances share, by what stands in the tables. */
export const CACHES = [
  'reports-cache, PostgreSQL',
  'cache-manager, Keyv PostgreSQL',
  'cache-manager, memory and Keyv PostgreSQL',
  'bentocache, Redis and its bus',
] as const;

export type CacheName = (typeof CACHES)[number];

/** What an instance is started with, as JSON. */
export interface InstanceOptions {
  readonly cache: CacheName;
  /** Names what the instances of one table share: a schema, or a prefix of keys. */
  readonly share: string;
  /** Counts the instances; each asks for other keys. */
  readonly number: number;
  /** Of the report that every load brings. */
  readonly bytes: number;
}

export type InstanceRequest =
  /** Asks for every report once. */
  | { readonly kind: 'fill' }
  | { readonly kind: 'run'; readonly forMs: number }
  | { readonly kind: 'put'; readonly key: string }
  /** Answers once the instance has the key. */
  | { readonly kind: 'hold'; readonly key: string }
  /** Answers with the time when it began to drop the key. */
  | { readonly kind: 'drop'; readonly key: string }
  /** Answers with the time when the key was gone, or after so long. */
  | { readonly kind: 'goneAt'; readonly key: string; readonly withinMs: number }
  /** Removes what all instances share. */
  | { readonly kind: 'clear' };

export interface InstanceAnswer {
  readonly operations: number;
  readonly loads: number;
  /** Epoch milliseconds, with fractions: a clock that all processes of one machine share. */
  readonly at: number;
}
