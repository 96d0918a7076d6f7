import { acceptedCodings, type Coding } from './accepted-codings.js';
import { isNotModified } from './conditional.js';
import type { HttpRequest } from './http-types.js';
import type { StoredResponse } from './stored-response.js';

/** One representation of a stored answer (RFC 9110, section 3.2). */
export interface SelectedForm {
  readonly coding: Coding;
  readonly etag: string;
  /** The client has it already: it gets 304 and no body. */
  readonly isKnown: boolean;
}

/**
 * The form of an answer that a client gets: of those that it accepts one that it has, else the first that there is.
 * An answer that a client has as it was before its gzip form was made is thereby not sent again.
 */
export function selectForm(request: Pick<HttpRequest, 'headers'>, stored: StoredResponse): SelectedForm {
  const { body } = stored;
  if (!body.hasForms) return toForm(request, stored, 'identity');
  const accepted = acceptedCodings(request.headers['accept-encoding'] as string | undefined).map((coding) =>
    toForm(request, stored, coding),
  );
  // Without a coding even where that is refused, and all there is (RFC 9110, section 12.5.3).
  const best =
    accepted.find(({ coding }) => body.bytes(coding) !== undefined) ?? toForm(request, stored, 'identity');
  return best.isKnown ? best : (accepted.find(({ isKnown }) => isKnown) ?? best);
}

/** Whether the form that the client gets is at hand; else the body is to be unpacked first. */
export function canSendAtOnce(request: Pick<HttpRequest, 'headers'>, stored: StoredResponse): boolean {
  if (stored.body.bytes('identity') !== undefined) return true;
  const { coding, isKnown } = selectForm(request, stored);
  return isKnown || stored.body.bytes(coding) !== undefined;
}

function toForm(
  request: Pick<HttpRequest, 'headers'>,
  { etag: ofIdentity, headers }: StoredResponse,
  coding: Coding,
): SelectedForm {
  const etag = etagOf(ofIdentity, coding);
  return { coding, etag, isKnown: isNotModified(request, { etag, headers }) };
}

/**
 * A strong validator tells bytes apart, so each form has its own (RFC 9110, section 8.8.3.3); a weak one of the handler
 * tells contents apart, and holds for both.
 */
function etagOf(etag: string, coding: Coding): string {
  return coding === 'identity' ? etag : etag.replace(/^("[^"]*)"$/, `$1-${coding}"`);
}
