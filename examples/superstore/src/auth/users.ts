import { type Request } from 'express';

/** Who has signed in. The cache reads `username` for its performance log and its per-user switch. */
export interface User {
  readonly username: string;
  /** The companies whose books this user may see. */
  readonly companies: readonly number[];
}

export type ReportRequest = Request & { user?: User };

/** In place of a directory and passwords, which this example is not about. */
export const USERS: ReadonlyMap<string, User> = new Map([
  ['alice', { username: 'alice', companies: [1, 2, 3, 4] }],
  ['bob', { username: 'bob', companies: [1] }],
  ['early-bird', { username: 'early-bird', companies: [1, 2, 3, 4] }],
]);

/** As whom the app asks for reports before people do: it sees every company, as its reports are the same for all. */
export const EARLY_BIRD: Readonly<Record<string, string>> = { 'x-user': 'early-bird' };
