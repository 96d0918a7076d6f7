import { StoreUnavailableError, WriteQueueFullError } from '../../common/errors.js';

/** What is shown while the store cannot be used. Every other error is passed on. */
export async function unlessStoreIsOut<T>(work: Promise<T>, instead: () => T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreUnavailableError || error instanceof WriteQueueFullError) return instead();
    throw error;
  }
}
