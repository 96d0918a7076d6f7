import { ServiceUnavailableException } from '@nestjs/common';
import { SourceBusyError } from '../common/errors.js';
import type { HttpResponse } from './http-types.js';
import type { ResponseWriter } from './response-writer.js';

/** What a client is asked to wait before it tries again, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** A busy source is 503 with Retry-After (RFC 9110, section 10.2.3); whatever else the source threw stays as it is. */
export function toHttpError(error: unknown, writer: ResponseWriter, response: HttpResponse): Error {
  if (!(error instanceof SourceBusyError)) return error as Error;
  writer.set(response, 'Retry-After', String(RETRY_AFTER_SECONDS));
  return new ServiceUnavailableException(
    'This report is being made for too many people at once; try again soon',
    {
      cause: error,
    },
  );
}
