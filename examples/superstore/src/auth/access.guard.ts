import {
  BadRequestException,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { companyId } from '../erp/company-id.js';
import { companyOf } from './company-of.js';
import { type ReportRequest, type User, USERS } from './users.js';

/** Lets a user see his companies only. Guards run before the cache, so a hit is guarded like a miss. */
@Injectable()
export class AccessGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<ReportRequest>();
    const user = identify(request);
    const company = readCompany(request);
    if (!user.companies.includes(company)) {
      throw new ForbiddenException(`${user.username} may not see company ${company}`);
    }
    request.user = user;
    return true;
  }
}

function identify(request: ReportRequest): User {
  const user = USERS.get(request.get('x-user') ?? '');
  if (user === undefined) throw new UnauthorizedException('The header x-user must name a known user');
  return user;
}

function readCompany(request: ReportRequest): number {
  const company = companyId.safeParse(companyOf(request));
  if (!company.success) throw new BadRequestException(['companyId: must be 1, 2, 3 or 4']);
  return company.data;
}
