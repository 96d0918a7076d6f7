import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';

interface GuardedRequest {
  headers: Record<string, string | undefined>;
  query: Record<string, unknown>;
  user?: unknown;
}

/** Reads the user from `x-user`; bob may see company 1 only. */
@Injectable()
export class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const username = request.headers['x-user'];
    if (username === undefined) return true;
    request.user = { username };
    if (username === 'bob' && request.query['companyId'] === '2') throw new ForbiddenException();
    return true;
  }
}

export const as = (user: string) => ({ headers: { 'x-user': user } });
