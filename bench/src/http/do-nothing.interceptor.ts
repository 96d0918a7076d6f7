import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';

/** What having an interceptor costs, whatever it does. */
export const doNothing: NestInterceptor = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> => next.handle(),
};
