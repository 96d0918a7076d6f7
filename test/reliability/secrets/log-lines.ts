import { Controller, Get, Headers, Query } from '@nestjs/common';
import { Cacheable, CacheEvict, CacheService } from '../../../src/index.js';
import { Database } from '../../../src/storage/database.js';
import { until } from '../../http/gate.js';
import { http } from '../../support/http-client.js';
import { startReportApp } from '../../support/report-app.js';

/** What must stand in no line: of a user, of a request, of a report. */
const SECRETS = { user: 'erika.mustermann', token: 'tok-4711', figure: '1204331.07' };
const ALL = JSON.stringify(SECRETS);

class SecretiveError extends Error {
  code = 'ORA-00942';
}

const tell = (): never => {
  throw new SecretiveError(`cannot read ${ALL}`);
};

const state = { sourceFails: false };

@Controller()
class Reports {
  @Get('report')
  @Cacheable({ params: ['access_token', 'failing'], grace: '1h', headers: ['authorization'] })
  report(@Query('access_token') token: string, @Headers('x-user') user: string): unknown {
    if (state.sourceFails) tell();
    return { [user]: SECRETS.figure, token };
  }

  @Get('condition')
  @Cacheable({ condition: tell })
  condition(): string {
    return ALL;
  }

  @Get('unless')
  @Cacheable({ unless: tell })
  unless(): string {
    return ALL;
  }

  @Get('tags')
  @Cacheable({ tags: tell, scope: tell })
  tags(): string {
    return ALL;
  }

  @Get('evict')
  @CacheEvict({ company: tell })
  evict(): string {
    return ALL;
  }
}

export interface LogResult {
  lines: number;
  /** Lines with a secret in them. */
  telling: string[];
}

/** Asks, fails and breaks whatever makes the module write a line, with secrets in all that it handles. */
export async function provokeLogLines(): Promise<LogResult> {
  const { app, url, logger, clock } = await startReportApp({
    controllers: [Reports],
    cache: {
      memory: false,
      refresh: { allow: tell },
      watermark: { source: { readWatermarks: tell }, every: 20 },
      performance: { flushEvery: 20 },
      cleanup: { cron: '* * * * * *' },
      identify: (request: { headers: Record<string, string> }) => ({ username: request.headers['x-user'] }),
    },
  });
  const service = app.get(CacheService);
  const ask = (path: string, headers = {}) =>
    http(`${url}/${path}?access_token=${SECRETS.token}`, {
      headers: { 'x-user': SECRETS.user, authorization: `Bearer ${SECRETS.token}`, ...headers },
    });

  const askAll = async () => {
    for (const path of ['report', 'condition', 'unless', 'tags', 'evict']) await ask(path);
    await ask('report', { 'cache-control': 'no-cache' });
    await service.getOrSet(SECRETS.user, () => ({ [SECRETS.user]: tell }), { type: 'value' });
    await service.set(SECRETS.user, SECRETS, {
      type: 'value',
      tags: [SECRETS.user],
      companyId: SECRETS.user,
    });
    await service.get(SECRETS.user);
  };

  await askAll();
  await ask('report');
  // Queued behind the report's own row: from here on that one is stored.
  await service.set('fence', null, { type: 'fence' });
  state.sourceFails = true;
  clock.advance(20 * 60_000);
  await ask('report');
  state.sourceFails = false;

  const database = app.get(Database);
  await database.write(async (_manager, sql) => {
    for (const table of [
      'cache_payloads',
      'cache_entries',
      'performance_log',
      'query_benchmarks',
      'cache_config',
    ])
      await sql.run(`DROP TABLE ${table}`);
  });
  await askAll();
  await service.delete(SECRETS.user);
  await service.clearByTag(SECRETS.user);
  const complaints = [
    'The watermark source',
    'The cleanup failed',
    'write the performance log',
    'in the cache',
  ];
  await until(() => complaints.every((text) => logger.lines.some((line) => line.includes(text))));
  await database.write((_manager, sql) => sql.run('ROLLBACK')).catch(() => undefined);
  await askAll();

  const secrets = Object.values(SECRETS);
  return {
    lines: logger.lines.length,
    telling: logger.lines.filter((line) => secrets.some((secret) => line.includes(secret))),
  };
}
