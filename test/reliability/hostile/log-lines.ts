import type { LoggerService } from '@nestjs/common';

/** Whether a terminal, or whoever reads a log line by line, would take it for more than text. */
export function unprintable(line: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(line);
}

/** Keeps what this module logged, at every level, and how often a line was no line. */
export class LineCollector implements LoggerService {
  lines = 0;
  readonly injected: string[] = [];

  log(message: unknown, context?: unknown): void {
    this.take(message, context);
  }

  warn(message: unknown, context?: unknown): void {
    this.take(message, context);
  }

  debug(message: unknown, context?: unknown): void {
    this.take(message, context);
  }

  verbose(): void {}

  /** Nest's own: what a handler threw. */
  error(): void {}

  private take(message: unknown, context: unknown): void {
    if (context !== 'ReportsCache') return;
    this.lines += 1;
    if (unprintable(String(message)) || String(message).length > 3_000) this.injected.push(String(message));
  }
}
