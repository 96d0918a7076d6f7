import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { expressDialect, fastifyDialect, type HttpDialect } from './http-dialect.js';

/** The dialect of the app's adapter; the adapter is known only when the first request comes. */
@Injectable()
export class HttpDialects {
  private known: HttpDialect | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  current(): HttpDialect {
    return (this.known ??= this.host.httpAdapter.getType() === 'fastify' ? fastifyDialect : expressDialect);
  }
}
