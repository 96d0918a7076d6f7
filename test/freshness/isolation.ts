import { Agent, request } from 'node:http';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Headers,
  Injectable,
  Param,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Cacheable } from '../../src/index.js';
import { seededRandom } from '../support/seeded-random.js';

export const USERS = 100;
export const REPORTS = 50;

@Injectable()
class NamedUsersOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const incoming = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    const username = incoming.headers['x-user'];
    if (username === undefined) throw new UnauthorizedException();
    incoming.user = { username };
    return true;
  }
}

/** Every answer names the user it was made for. */
@Controller('payslips')
@UseGuards(NamedUsersOnly)
export class Payslips {
  @Get(':report')
  @Cacheable({ ttl: '1h' })
  async payslip(@Param('report') report: string, @Headers('x-user') user: string): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    return { user, report, salary: user.length * 1_000, filler: user.repeat(20) };
  }
}

export interface IsolationResult {
  answered: number;
  aborted: number;
  /** Answers made for another user or of another report. */
  foreign: number;
}

/** Many users ask for many reports at once; half of them hang up at some moment. */
export async function runIsolation(
  url: string,
  requests: number,
  { concurrency = 64, seed = 20_260_302 } = {},
): Promise<IsolationResult> {
  const random = seededRandom(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const result = { answered: 0, aborted: 0, foreign: 0 };
  let next = 0;

  function ask(turn: number): Promise<void> {
    const user = `user-${random(USERS)}`;
    const report = `report-${random(REPORTS)}`;
    const hangsUp = turn % 2 === 0;
    return new Promise((resolve) => {
      const outgoing = request(
        `${url}/payslips/${report}`,
        { agent, headers: { 'x-user': user } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => {
            const body = JSON.parse(text) as { user: string; report: string };
            result.answered += 1;
            if (body.user !== user || body.report !== report) result.foreign += 1;
          });
          answer.on('error', () => {});
          answer.on('close', resolve);
        },
      );
      outgoing.on('error', () => {
        result.aborted += 1;
        resolve();
      });
      outgoing.end();
      // Some before the answer, some during it, some too late.
      if (hangsUp) setTimeout(() => outgoing.destroy(), random(5));
    });
  }

  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < requests) await ask(next++);
    }),
  );
  agent.destroy();
  return result;
}
