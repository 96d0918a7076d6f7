/** Why a request goes past the cache. */
export type BypassReason =
  | 'method'
  | 'body'
  | 'condition'
  | 'user-off'
  | 'cache-off'
  | 'no-identity'
  | 'no-company'
  | 'no-fingerprint'
  | 'company-type'
  | 'company-spelling'
  | 'tags-type'
  | 'ttl-type'
  | 'parameter-type'
  | 'key-too-long'
  | 'option-failed';

/** A request goes past the cache; thrown inside this room only. */
export class Bypass extends Error {
  constructor(readonly reason: BypassReason) {
    super(reason);
  }
}
