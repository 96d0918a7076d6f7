import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

interface GuardedRequest {
  headers: Record<string, string | undefined>;
  user?: { username: string };
}

/** Takes everybody at their word, by the header `x-user`: the users of this app are simulated. */
@Injectable()
export class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const username = request.headers['x-user'];
    if (username !== undefined) request.user = { username };
    return true;
  }
}
