import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Lets in whom the app's own authentication has made `request.user` an administrator. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: { isAdmin?: boolean } }>();
    return user?.isAdmin === true;
  }
}
