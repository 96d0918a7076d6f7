import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';

const logger = new ModuleLogger();

/** Work that nobody waits for: its failure is a line for whoever looks for one. @returns whether it succeeded. */
export async function attempt(action: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    logger.debug(`Could not ${action}: ${messageOf(error)}`);
    return false;
  }
}
