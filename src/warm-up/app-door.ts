import type { RequestListener } from 'node:http';
import { HttpAdapterHost } from '@nestjs/core';
import { Injectable } from '@nestjs/common';

/** What the app's adapter has of use here: Express's instance is a listener, Fastify's has one. */
type AdapterInstance = RequestListener & { readonly routing?: RequestListener };

/** The app's own way in, as its HTTP server uses it. */
@Injectable()
export class AppDoor {
  constructor(private readonly host: HttpAdapterHost) {}

  /** `undefined` for an app without HTTP. */
  get listener(): RequestListener | undefined {
    const { httpAdapter } = this.host as { httpAdapter?: HttpAdapterHost['httpAdapter'] };
    const instance = httpAdapter?.getInstance<AdapterInstance>();
    return httpAdapter?.getType() === 'fastify' ? instance?.routing : instance;
  }

  /** The port that the app listens on; `undefined` while it listens on none. */
  get port(): number | undefined {
    const server = this.host.httpAdapter.getHttpServer() as { address(): unknown };
    const address = server.address() as { port?: number } | string | null;
    return typeof address === 'object' ? address?.port : undefined;
  }
}
