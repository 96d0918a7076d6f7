import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../../http/http-types.js';
import { readUsername } from '../../http/identity.js';
import type { ActionName, ViewName } from '../api/contract.js';
import { ApiProblem, toProblem } from '../api/problem.js';
import { DashboardApi, type ApiAnswer } from '../dashboard-api.js';
import {
  DASHBOARD_ROUTES,
  DASHBOARD_VIEW,
  type ResolvedRouteOptions,
  type ResolvedViewOptions,
} from '../dashboard-options.js';
import { DashboardServices } from '../dashboard-services.js';
import { refuseCrossSite } from './cross-site.js';
import { PageFiles } from './page-files.js';
import { ALWAYS_CHECKED, NEVER_STORED, SECURITY_HEADERS } from './security-headers.js';

/** A request with a parsed body; Express's and Fastify's both are. */
export interface DashboardRequest extends HttpRequest {
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Between HTTP and the API: reads requests, and sends answers by the app's adapter, whichever it is. */
@Injectable()
export class DashboardHttp {
  private known: PageFiles | undefined;

  constructor(
    private readonly api: DashboardApi,
    private readonly services: DashboardServices,
    private readonly host: HttpAdapterHost,
    @Inject(DASHBOARD_ROUTES) private readonly routes: ResolvedRouteOptions,
    @Inject(DASHBOARD_VIEW) private readonly look: ResolvedViewOptions,
  ) {}

  page(request: DashboardRequest, response: unknown): void {
    this.sendFrom(response, (files) => {
      const text = files.page(baseOf(request.url, this.routes.path), this.look.language);
      const headers = { 'Content-Type': 'text/html; charset=utf-8', ...NEVER_STORED };
      return { status: 200, headers, text };
    });
  }

  asset(request: DashboardRequest, response: unknown): void {
    this.sendFrom(response, (files) => toAsset(files, request));
  }

  async view(name: ViewName, request: DashboardRequest, response: unknown): Promise<void> {
    this.send(response, toJson(await this.api.read(name, request.query, this.usernameOf(request))));
  }

  async action(name: ActionName, request: DashboardRequest, response: unknown): Promise<void> {
    this.send(response, toJson(await this.act(name, request)));
  }

  private async act(name: ActionName, request: DashboardRequest): Promise<ApiAnswer> {
    try {
      refuseCrossSite(request);
    } catch (error) {
      const problem = toProblem(error) as ApiProblem;
      return { status: problem.status, body: problem.body };
    }
    return this.api.act(name, request.body, this.usernameOf(request));
  }

  /** Files that are not there, as in a bundle, cost the page and nothing else. */
  private sendFrom(response: unknown, answer: (files: PageFiles) => Answer): void {
    try {
      this.send(response, answer((this.known ??= new PageFiles())));
    } catch {
      this.send(response, toJson({ status: 500, body: FILES_MISSING.body }));
    }
  }

  /** As the module's `identify` says; a function of the app's that fails names nobody. */
  private usernameOf(request: HttpRequest): string | null {
    try {
      return readUsername(this.services.options.identify, request) ?? null;
    } catch {
      return null;
    }
  }

  private send(response: unknown, { status, headers, text }: Answer): void {
    const { httpAdapter } = this.host;
    for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...headers }))
      httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, text, status);
  }
}

function toAsset(files: PageFiles, { params, headers }: DashboardRequest): Answer {
  const { folder, file } = params as { folder?: string; file: string };
  const found = files.find(folder === undefined ? file : `${folder}/${file}`);
  if (found === undefined)
    return toJson({ status: 404, body: new ApiProblem(404, 'NOT_FOUND', 'no such file').body });
  const common = { ETag: found.etag, ...ALWAYS_CHECKED };
  return isKnown(headers['if-none-match'], found.etag)
    ? { status: 304, headers: common }
    : { status: 200, headers: { ...common, 'Content-Type': found.contentType }, text: found.text };
}

const FILES_MISSING = new ApiProblem(
  500,
  'FAILED',
  'the files of the page are not there; where the app is bundled, leave nestjs-reports-cache and uplot out of the bundle',
);

function toJson({ status, body }: ApiAnswer): Answer {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', ...NEVER_STORED };
  return { status, headers, text: JSON.stringify(body) };
}

/**
 * Relative to the page's own address, which may lie behind prefixes that only a proxy knows: `./reports-cache`, or `.`
 * where the address ends with a slash, as Express allows.
 */
function baseOf(url: string, path: string): string {
  const [pathname = ''] = url.split('?');
  return pathname.endsWith('/') ? '.' : `./${path.slice(path.lastIndexOf('/') + 1)}`;
}

/** RFC 9110, section 13.1.2; a weak comparison. */
function isKnown(ifNoneMatch: string | string[] | undefined, etag: string): boolean {
  const known = String(ifNoneMatch ?? '').split(',');
  return known.some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
