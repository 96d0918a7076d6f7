import { Logger } from '@nestjs/common';
import { oneLine } from './one-line.js';

/**
 * This module's logger, under the context `ReportsCache`. Each message stays one printable line, whatever the error in
 * it quotes: a source's errors hold what clients sent. Rejected: escaping at each call, which the next one would forget.
 */
export class ModuleLogger extends Logger {
  constructor() {
    super('ReportsCache');
  }

  override log(message: string): void {
    super.log(oneLine(message));
  }

  override warn(message: string): void {
    super.warn(oneLine(message));
  }

  override debug(message: string): void {
    super.debug(oneLine(message));
  }
}
