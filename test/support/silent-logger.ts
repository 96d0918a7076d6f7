import type { LoggerService } from '@nestjs/common';

/** Keeps what was logged, for tests to read. */
export class SilentLogger implements LoggerService {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];

  log(): void {}

  debug(): void {}

  verbose(): void {}

  warn(message: unknown): void {
    this.warnings.push(String(message));
  }

  error(message: unknown): void {
    this.errors.push(String(message));
  }

  fatal(message: unknown): void {
    this.errors.push(String(message));
  }
}
