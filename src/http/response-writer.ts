import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import type { CacheVerdict } from './cache-status.js';
import { isNotModified } from './conditional.js';
import { headerMembers } from './header-list.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import type { StoredResponse } from './stored-response.js';

export interface WriteOptions {
  /** Milliseconds since the answer was made; `undefined` for one made by this very request. */
  readonly ageMs: number | undefined;
  /** Request headers that are part of the key. */
  readonly vary: readonly string[];
}

/** Puts stored answers on a response of the app's adapter. */
@Injectable()
export class ResponseWriter {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  writeVerdict(response: HttpResponse, { xCache, cacheStatus }: CacheVerdict): void {
    if (this.options.xCacheHeader) this.set(response, 'X-Cache', xCache);
    if (!this.options.cacheStatusHeader) return;
    // A list to which each cache on the way adds at the end (RFC 9211, section 2).
    const others = response.getHeaders()['cache-status'];
    this.set(
      response,
      'Cache-Status',
      others === undefined ? cacheStatus : `${String(others)}, ${cacheStatus}`,
    );
  }

  /**
   * Sets status and headers; 304 when the client has the answer already.
   * @returns what the interceptor returns for Nest to send.
   */
  write(
    request: HttpRequest,
    response: HttpResponse,
    stored: StoredResponse,
    options: WriteOptions,
  ): unknown {
    const { ageMs, vary } = options;
    const { vary: storedVary, ...headers } = stored.headers;
    for (const [name, value] of Object.entries(headers)) this.set(response, name, value);
    this.set(response, 'ETag', stored.etag);
    if (ageMs !== undefined) this.set(response, 'Age', String(Math.max(0, Math.floor(ageMs / 1_000))));
    this.setUnlessPresent(response, 'cache-control', 'private, no-cache');
    this.addVary(response, [...vary, ...headerMembers(storedVary)]);
    if (isNotModified(request, stored)) {
      this.setStatus(response, 304);
      return undefined;
    }
    this.setStatus(response, stored.status);
    return toResult(stored);
  }

  private addVary(response: HttpResponse, names: readonly string[]): void {
    const present = String(response.getHeaders()['vary'] ?? '');
    const missing = new Set(names.filter((name) => !headerMembers(present).includes(name)));
    if (missing.size > 0)
      this.set(response, 'Vary', [present, ...missing].filter((part) => part !== '').join(', '));
  }

  private setUnlessPresent(response: HttpResponse, name: string, value: string): void {
    if (response.getHeaders()[name] === undefined) this.set(response, name, value);
  }

  private setStatus(response: HttpResponse, status: number): void {
    this.host.httpAdapter.status(response, status);
  }

  /** Express's own `set` would add a charset to a Content-Type that had none. */
  set(response: HttpResponse, name: string, value: string): void {
    if (response.setHeader === undefined) this.host.httpAdapter.setHeader(response, name, value);
    else response.setHeader(name, value);
  }
}

/** A text with its Content-Type set goes out byte for byte; Nest would make JSON of a Buffer, but not of a file. */
function toResult({ kind, body, headers }: StoredResponse): unknown {
  switch (kind) {
    case 'empty':
      return undefined;
    case 'text':
      return body.toString();
    case 'file':
      return new StreamableFile(body, {
        type: headers['content-type'],
        disposition: headers['content-disposition'],
        length: body.length,
      });
  }
}
