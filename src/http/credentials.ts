import type { HttpRequest } from './http-types.js';

/**
 * Header names by which apps, gateways and identity proxies say who asks. Too wide costs a warning and a bypass for
 * who names no user; too narrow would share one user's report with another.
 */
const CREDENTIAL_HEADER =
  /^(proxy-)?authorization$|^cookie$|api-?key|token|session|secret|jwt|^x-.*(user|auth|principal|identity|oidc)|^remote-|email|client-(cert|s-dn|dn|verify)|(ssl|tls)-client/;

const CREDENTIAL_PARAMETER = /^(access_?token|auth|auth_?token|api_?key|jwt|token)$/i;

/** Whether this header's value is a secret or says who asks; `name` in lower case. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL_HEADER.test(name);
}

/** Whether this query parameter's value is a secret. */
export function isCredentialParameter(name: string): boolean {
  return CREDENTIAL_PARAMETER.test(name);
}

/** Whether the request says who asks, be it in a way this module cannot read: by user, header, parameter or certificate. */
export function carriesCredentials({ headers, query, user, socket }: HttpRequest): boolean {
  return (
    (user !== undefined && user !== null) ||
    socket?.authorized === true ||
    Object.keys(headers).some(isCredentialHeader) ||
    Object.keys(query ?? {}).some(isCredentialParameter)
  );
}
