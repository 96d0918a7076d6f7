import { z } from 'zod';
import {
  InvalidArgumentError,
  StoreTimeoutError,
  StoreUnavailableError,
  WriteQueueFullError,
} from '../../common/errors.js';
import type { Problem } from './contract.js';

/** Why a request of the API is not answered with what it asked for. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: Problem['error']['code'],
    message: string,
  ) {
    super(message);
  }

  get body(): Problem {
    return { error: { code: this.code, message: this.message } };
  }
}

/** What the client may know of an error; `undefined` when it is none of those that are expected. */
export function toProblem(error: unknown): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error;
  if (error instanceof z.ZodError) return new ApiProblem(400, 'BAD_INPUT', describeIssues(error));
  if (error instanceof InvalidArgumentError) return new ApiProblem(400, 'BAD_INPUT', error.message);
  const isOut =
    error instanceof StoreUnavailableError ||
    error instanceof StoreTimeoutError ||
    error instanceof WriteQueueFullError;
  return isOut ? new ApiProblem(503, 'STORE_UNAVAILABLE', error.message) : undefined;
}

/** Names what is wrong, and nothing of what was sent. */
function describeIssues({ issues }: z.ZodError): string {
  return issues.map(describeIssue).join('; ');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return 'there is an input that is not known';
  if (path === '') return 'the input must be an object';
  if (issue.code === 'invalid_value') return `${path} must be one of ${issue.values.map(String).join(', ')}`;
  return `${path} ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}
