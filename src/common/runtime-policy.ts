/** What is set while the app runs goes before what its code says. */
export interface RuntimePolicy {
  /** Whether reports of this type are cached now. */
  isOn(type: string): boolean;
  /** The TTL of this type in milliseconds; `undefined`: as the code says. */
  ttlMs(type: string): number | undefined;
}
