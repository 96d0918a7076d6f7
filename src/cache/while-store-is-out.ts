import { StoreUnavailableError, WriteQueueFullError } from '../common/errors.js';

/**
 * What memory can answer while the store cannot be used. Every other error is passed on: it would be a fault of this
 * module, and an answer from memory would hide it.
 */
export function whileStoreIsOut<T>(fromMemory: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof StoreUnavailableError || error instanceof WriteQueueFullError) return fromMemory();
    throw error;
  };
}
