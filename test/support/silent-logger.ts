import type { LoggerService } from '@nestjs/common';

/** Keeps what was logged, for tests to read. */
export class SilentLogger implements LoggerService {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  /** Of every level, with all that came beside the message. */
  readonly lines: string[] = [];

  log(...parts: unknown[]): void {
    this.keep(parts);
  }

  debug(...parts: unknown[]): void {
    this.keep(parts);
  }

  verbose(...parts: unknown[]): void {
    this.keep(parts);
  }

  warn(...parts: unknown[]): void {
    this.warnings.push(this.keep(parts));
  }

  error(...parts: unknown[]): void {
    this.errors.push(this.keep(parts));
  }

  fatal(...parts: unknown[]): void {
    this.errors.push(this.keep(parts));
  }

  private keep(parts: readonly unknown[]): string {
    this.lines.push(parts.map(String).join(' '));
    return String(parts[0]);
  }
}
