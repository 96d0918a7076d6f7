import { HttpException } from '@nestjs/common';

/** Whether an error says that the request was wrong (status 4xx), rather than that the source failed. */
export function isClientError(error: unknown): boolean {
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  return status >= 400 && status < 500;
}

/** Errors of no Nest class may say so by a `statusCode`, as those of `http-errors` do. */
function statusCodeOf(error: unknown): number {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : NaN;
}
