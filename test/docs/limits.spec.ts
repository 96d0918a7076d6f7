import { Readable } from 'node:stream';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  type PipeTransform,
  Query,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Cacheable, CacheService } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { startReportApp } from '../support/report-app.js';
import { tempFolder } from '../support/temp-folder.js';

const calls = { guard: 0, pipe: 0 };

@Injectable()
class DeskGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    calls.guard++;
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    return headers['desk'] !== 'nobody';
  }
}

@Injectable()
class CountingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    calls.pipe++;
    return value;
  }
}

@Controller()
@UseGuards(DeskGuard)
class Reports {
  @Get('plain')
  @Cacheable()
  plain(@Query('period', CountingPipe) period: string): unknown {
    return { period };
  }

  @Get('large')
  @Cacheable()
  @Header('Content-Type', 'text/csv')
  large(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.alloc(600, 'a'), Buffer.alloc(600, 'b')]));
  }
}

const app = (cache = {}) => startReportApp({ controllers: [Reports], cache });

describe('the limits that the README states', () => {
  it('guards run on a hit, pipes do not', async () => {
    const { url } = await app();
    await http(`${url}/plain?period=1`);
    const before = { ...calls };
    expect(await http(`${url}/plain?period=1`)).toMatchObject({ xCache: 'HIT' });
    expect(calls).toEqual({ guard: before.guard + 1, pipe: before.pipe });
  });

  it('users whom a guard knows by a header that the cache does not look anonymous, and share', async () => {
    const { url } = await app();
    await http(`${url}/plain?period=2`, { headers: { desk: 'alice' } });
    expect(await http(`${url}/plain?period=2`, { headers: { desk: 'bob' } })).toMatchObject({
      xCache: 'HIT',
    });
    expect(await http(`${url}/plain?period=2`, { headers: { desk: 'nobody' } })).toMatchObject({
      status: 403,
    });
  });

  it('users whom "identify" names by that header do not', async () => {
    const identify = (request: { headers: Record<string, string> }) => ({
      username: request.headers['desk'],
    });
    const { url } = await app({ identify });
    await http(`${url}/plain?period=3`, { headers: { desk: 'alice' } });
    const bob = await http(`${url}/plain?period=3`, { headers: { desk: 'bob' } });
    expect(bob.xCache).toBe('MISS');
  });

  it('a file larger than maxEntryBytes goes through whole and unstored', async () => {
    const { url } = await app({ maxEntryBytes: 1_000 });
    const answers = [await http(`${url}/large`), await http(`${url}/large`)];
    expect(answers.map(({ xCache }) => xCache)).toEqual(['MISS', 'MISS']);
    expect(answers.map(({ text }) => text)).toEqual(Array(2).fill('a'.repeat(600) + 'b'.repeat(600)));
  });

  it('a file within maxEntryBytes is kept', async () => {
    const { url } = await app();
    await http(`${url}/large`);
    expect(await http(`${url}/large`)).toMatchObject({ xCache: 'HIT' });
  });

  it('without its file the cache runs on memory, and set returns false', async () => {
    const folder = tempFolder();
    const { app: nest, url } = await app({ database: { path: `${folder}/\u0001/${'x'.repeat(300)}` } });
    await http(`${url}/plain?period=4`);
    expect(await http(`${url}/plain?period=4`)).toMatchObject({ xCache: 'HIT' });
    expect(await nest.get(CacheService).set('key', 1, { type: 'value' })).toBe(false);
    expect(await nest.get(CacheService).get('key')).toBe(1);
  });

  it('values with bytes are not shared: each caller has its own', async () => {
    const cache = (await app()).app.get(CacheService);
    await cache.set('logo', { logo: Buffer.from('a') }, { type: 'value' });
    const [first, second] = [await cache.get('logo'), await cache.get('logo')];
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });
});
