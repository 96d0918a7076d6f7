import { HttpException } from '@nestjs/common';

/** Whether an error says that the request was wrong (status 4xx), rather than that the source failed. */
export function isClientError(error: unknown): boolean {
  if (!(error instanceof HttpException)) return false;
  const status = error.getStatus();
  return status >= 400 && status < 500;
}
