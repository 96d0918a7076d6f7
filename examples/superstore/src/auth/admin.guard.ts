import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { type Response } from 'express';
import { type ReportRequest } from './users.js';

/** What a browser is to ask for, in place of the app's own sign-in. */
const ADMIN = { username: 'admin', password: 'superstore' };

const EXPECTED = `Basic ${Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64')}`;

/** Lets the people who run the app see the cache's dashboard: by HTTP's own sign-in, which every browser has. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<ReportRequest>();
    if (request.get('authorization') !== EXPECTED) {
      http.getResponse<Response>().setHeader('WWW-Authenticate', 'Basic realm="Superstore"');
      throw new UnauthorizedException('Sign in as admin');
    }
    // The dashboard writes down who did what.
    request.user = { username: ADMIN.username, companies: [] };
    return true;
  }
}
