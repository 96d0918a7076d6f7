import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import type { CacheVerdict } from './cache-status.js';
import { headerMembers } from './header-list.js';
import { HttpDialects } from './http-dialects.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import { selectForm, type SelectedForm } from './selected-form.js';
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
    private readonly dialects: HttpDialects,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  writeVerdict(response: HttpResponse, { xCache, cacheStatus }: CacheVerdict): void {
    if (this.options.xCacheHeader) this.set(response, 'X-Cache', xCache);
    if (!this.options.cacheStatusHeader) return;
    // A list to which each cache on the way adds at the end (RFC 9211, section 2).
    const others = response.getHeader('cache-status');
    this.set(
      response,
      'Cache-Status',
      others === undefined ? cacheStatus : `${String(others)}, ${cacheStatus}`,
    );
  }

  /**
   * Sets status and headers; 304 when the client has the answer already. The form that {@link selectForm} selects must
   * be at hand.
   * @returns what the interceptor returns for Nest to send.
   */
  write(
    request: HttpRequest,
    response: HttpResponse,
    stored: StoredResponse,
    { ageMs, vary }: WriteOptions,
  ): unknown {
    const { headers } = stored;
    const form = selectForm(request, stored);
    for (const name in headers) {
      if (name !== 'vary') this.set(response, name, headers[name] as string);
    }
    this.set(response, 'ETag', form.etag);
    if (ageMs !== undefined) this.set(response, 'Age', String(Math.max(0, Math.floor(ageMs / 1_000))));
    if (response.getHeader('cache-control') === undefined) {
      this.set(response, 'Cache-Control', 'private, no-cache');
    }
    this.addVary(response, stored.body.hasForms ? [...vary, 'accept-encoding'] : vary, headers['vary']);
    return this.finish(response, stored, form);
  }

  set(response: HttpResponse, name: string, value: string): void {
    this.dialects.current().setHeader(response, name, value);
  }

  private finish(
    response: HttpResponse,
    { status, kind, body }: StoredResponse,
    { coding, isKnown }: SelectedForm,
  ): unknown {
    const dialect = this.dialects.current();
    if (isKnown) {
      dialect.setStatus(response, 304);
      return undefined;
    }
    dialect.setStatus(response, status);
    if (coding !== 'identity') this.set(response, 'Content-Encoding', coding);
    if (kind === 'empty') return undefined;
    const isText = kind === 'text';
    const text = isText && coding === 'identity' ? body.text() : undefined;
    return dialect.toResult(response, { bytes: body.bytes(coding) as Buffer, isText, text });
  }

  private addVary(response: HttpResponse, declared: readonly string[], stored: string | undefined): void {
    if (declared.length === 0 && stored === undefined) return;
    const present = String(response.getHeader('vary') ?? '');
    const members = headerMembers(present);
    const missing = new Set(
      [...declared, ...headerMembers(stored)].filter((name) => !members.includes(name)),
    );
    if (missing.size > 0) {
      this.set(response, 'Vary', [present, ...missing].filter((part) => part !== '').join(', '));
    }
  }
}
