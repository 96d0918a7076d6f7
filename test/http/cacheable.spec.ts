import {
  type CallHandler,
  ClassSerializerInterceptor,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { Exclude } from 'class-transformer';
import { map, type Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Cacheable } from '../../src/index.js';
import { http } from '../support/http-client.js';
import { ADAPTERS, startReportApp } from '../support/report-app.js';

class Row {
  label = 'Umsätze – Q1 €';

  @Exclude()
  secret = 'margin';
}

@Injectable()
class Wrap implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@Controller('reports')
class Reports {
  static runs = 0;

  @Get('rows')
  @Cacheable({ type: 'rows' })
  rows(@Query('period') period: string): unknown {
    return { run: ++Reports.runs, period, rows: [{ name: 'Größe', amount: '12.50' }] };
  }

  @Get('model')
  @Cacheable()
  model(): Row {
    Reports.runs++;
    return new Row();
  }

  @Get('text')
  @Cacheable()
  text(): string {
    return `run ${++Reports.runs} äöü`;
  }

  @Get('number')
  @Cacheable()
  number(): number {
    return ++Reports.runs;
  }

  @Get('null')
  @Cacheable()
  nothing(): null {
    Reports.runs++;
    return null;
  }

  @Get('empty')
  @Cacheable()
  empty(): void {
    Reports.runs++;
  }

  @Get('csv')
  @Header('Content-Type', 'text/csv')
  @Cacheable()
  csv(): string {
    return `a;b\n${++Reports.runs};ä\n`;
  }

  @Get('pdf')
  @Cacheable()
  pdf(): StreamableFile {
    const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0x00, ++Reports.runs]);
    return new StreamableFile(bytes, {
      type: 'application/pdf',
      disposition: 'attachment; filename="r.pdf"',
    });
  }

  @Get('missing')
  @Cacheable()
  missing(): never {
    Reports.runs++;
    throw new NotFoundException({ reason: 'no such ledger' });
  }

  @Get('teapot')
  @Cacheable()
  teapot(): never {
    Reports.runs++;
    throw new HttpException('short and stout', 418);
  }
}

describe.each(ADAPTERS)('@Cacheable over %s', (adapter) => {
  const paths = ['rows?period=2026-03', 'model', 'text', 'number', 'null', 'empty', 'csv', 'pdf'];

  test.each(paths)('answers /reports/%s with a MISS, then a HIT of the same bytes', async (path) => {
    const { url } = await startReportApp({ adapter, controllers: [Reports] });
    Reports.runs = 0;
    const miss = await http(`${url}/reports/${path}`);
    const hit = await http(`${url}/reports/${path}`);
    expect([miss.xCache, hit.xCache]).toEqual(['MISS', 'HIT']);
    expect(hit.body.equals(miss.body)).toBe(true);
    expect(hit.status).toBe(miss.status);
    expect(hit.headers['content-type']).toBe(miss.headers['content-type']);
    expect(hit.headers['content-disposition']).toBe(miss.headers['content-disposition']);
    expect(Reports.runs).toBe(1);
  });

  test.each(paths)('sends for /reports/%s what the same route sends without a cache', async (path) => {
    @Controller('plain')
    class Plain {
      readonly reports = new Reports();
      @Get('rows') rows(@Query('period') period: string) {
        return this.reports.rows(period);
      }
      @Get('model') model() {
        return this.reports.model();
      }
      @Get('text') text() {
        return this.reports.text();
      }
      @Get('number') number() {
        return this.reports.number();
      }
      @Get('null') null() {
        return this.reports.nothing();
      }
      @Get('empty') empty() {
        return this.reports.empty();
      }
      @Get('csv') @Header('Content-Type', 'text/csv') csv() {
        return this.reports.csv();
      }
      @Get('pdf') pdf() {
        return this.reports.pdf();
      }
    }
    const { url } = await startReportApp({ adapter, controllers: [Reports, Plain] });
    Reports.runs = 0;
    const plain = await http(`${url}/plain/${path}`);
    Reports.runs = 0;
    const cached = await http(`${url}/reports/${path}`);
    expect(cached.text).toBe(plain.text);
    expect(cached.status).toBe(plain.status);
    expect(cached.headers['content-type']).toBe(plain.headers['content-type']);
    expect(cached.headers['content-length']).toBe(plain.headers['content-length']);
  });

  test.each(['missing', 'teapot'])('never keeps the error of /reports/%s', async (path) => {
    const { url } = await startReportApp({ adapter, controllers: [Reports] });
    Reports.runs = 0;
    const first = await http(`${url}/reports/${path}`);
    const second = await http(`${url}/reports/${path}`);
    expect(first.status).toBe(path === 'missing' ? 404 : 418);
    expect(second.text).toBe(first.text);
    expect(Reports.runs).toBe(2);
  });

  const serializer = { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor };
  const wrapper = { provide: APP_INTERCEPTOR, useClass: Wrap };
  test.each([
    ['a ClassSerializerInterceptor of the root module', [serializer], '{"label":"Umsätze – Q1 €"}'],
    [
      'a wrapping interceptor of the root module',
      [wrapper],
      '{"data":{"label":"Umsätze – Q1 €","secret":"margin"}}',
    ],
  ])('keeps what is sent, under %s', async (_name, providers, expected) => {
    const { url } = await startReportApp({ adapter, controllers: [Reports], providers });
    const miss = await http(`${url}/reports/model`);
    const hit = await http(`${url}/reports/model`);
    expect(hit.xCache).toBe('HIT');
    expect(miss.text).toBe(expected);
    expect(hit.text).toBe(expected);
  });

  test('keeps what is sent, under interceptors of useGlobalInterceptors', async () => {
    const { url } = await startReportApp({
      adapter,
      controllers: [Reports],
      configure: (app) =>
        app.useGlobalInterceptors(new Wrap(), new ClassSerializerInterceptor(app.get(Reflector))),
    });
    const miss = await http(`${url}/reports/model`);
    const hit = await http(`${url}/reports/model`);
    expect(hit.xCache).toBe('HIT');
    expect(miss.text).toBe('{"data":{"label":"Umsätze – Q1 €"}}');
    expect(hit.text).toBe(miss.text);
  });
});
