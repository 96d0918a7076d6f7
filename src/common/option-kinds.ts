import { CronTime } from 'cron';
import { z } from 'zod';
import { parseByteSize } from './byte-size.js';
import { parseDuration } from './duration.js';

export const duration = z.unknown().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `must be a duration above zero, such as '15m' or 900000` });
  return z.NEVER;
});

export const byteSize = z.unknown().transform((value, context) => {
  const size = parseByteSize(value);
  if (size !== undefined) return size;
  context.addIssue({ code: 'custom', message: `must be a size above zero, such as '64mb' or 67108864` });
  return z.NEVER;
});

export const count = z
  .int({ error: 'must be a whole number above zero' })
  .positive({ error: 'must be a whole number above zero' });

export const cron = z.string().refine(isCron, {
  error: `is not a cron expression with a date to come, such as '0 */5 * * * *'`,
});

/** With a date to come: for the 31st of February the job would refuse to start, and the app with it. */
function isCron(expression: string): boolean {
  try {
    new CronTime(expression).sendAt();
    return true;
  } catch {
    return false;
  }
}
