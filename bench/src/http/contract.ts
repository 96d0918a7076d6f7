import type { Driver } from '../library.js';

export type Adapter = 'express' | 'fastify';
export const ADAPTERS: readonly Adapter[] = ['express', 'fastify'];

/** How a server answers; each in a process of its own. */
export type ServerKind =
  'bytes' | 'bytes-interceptor' | 'object' | 'object-interceptor' | 'stock-memory' | 'stock-keyv' | 'library';

/** What reads the library's metrics. */
export type MetricsReader = 'prom-client' | 'opentelemetry';

/** What a server process is told, as one JSON argument. */
export interface ServerOptions {
  readonly kind: ServerKind;
  readonly adapter: Adapter;
  /** About how many bytes the report's JSON takes. */
  readonly bytes: number;
  /** Of the library. Default `'sqlite'`. */
  readonly driver?: Driver;
  /** How long the handler waits before it answers, in milliseconds. Default: not at all. */
  readonly delayMs?: number;
  /** `false`: the library without its memory tier. */
  readonly memory?: false;
  /** Whether the library's performance log is written. Default `true`. */
  readonly performanceLog?: boolean;
  /** Default: nothing, and nothing is counted. */
  readonly metrics?: MetricsReader;
}

/** Where the report is. */
export const REPORT_PATH = '/reports/trial-balance?companyId=7&period=2026-03';

/** What a server process says first. */
export interface ServerGreeting {
  readonly port: number;
}

/** There is one question: what it has used. */
export type ServerRequest = Readonly<Record<string, never>>;

export interface ServerAnswer {
  /** Processor time since its start. */
  readonly cpuMicroseconds: number;
  /** The longest time its event loop stood still since it was asked last, in milliseconds. */
  readonly longestBlockMs: number;
}
