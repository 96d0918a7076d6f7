import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { inTime } from '../../common/in-time.js';
import { loggable } from '../../common/loggable.js';
import { ModuleLogger } from '../../common/module-logger.js';
import type { FoundEntry } from '../../cache/entry-search.service.js';
import type { AuditTarget } from '../../settings/audit-log.service.js';
import type { WarmUpSelection } from '../../warm-up/warm-up-selection.js';
import type { DashboardServices } from '../dashboard-services.js';
import type { ActionName, ActionResult } from './contract.js';
import { actionBodies } from './inputs.schema.js';
import { ApiProblem } from './problem.js';
import { unlessStoreIsOut } from './store-is-out.js';

type Body<Name extends ActionName> = z.output<(typeof actionBodies)[Name]>;

/** What an action does, and what the audit row says of it. */
interface Action<Name extends ActionName> {
  readonly summary: string;
  run(services: DashboardServices, body: Body<Name>): Promise<ActionResult>;
  target(body: Body<Name>, services: DashboardServices): AuditTarget | Promise<AuditTarget>;
  value?(body: Body<Name>): string;
}

/** How long a refresh is waited for, in milliseconds; it goes on behind the answer. */
const REFRESH_PATIENCE_MS = 20_000;

/** How long the end of a warm-up is waited for, in milliseconds; it goes on behind the answer. */
const BEGIN_PATIENCE_MS = 500;

const logger = new ModuleLogger();

export const ACTIONS: { readonly [Name in ActionName]: Action<Name> } = {
  'refresh-entry': {
    summary: 'Drop one entry and run its report again, where the app can',
    run: refreshEntry,
    target: targetEntry,
  },
  'delete-entry': {
    summary: 'Drop one entry',
    run: async ({ cache }, { key }) => removed((await cache.delete(key)) ? 1 : 0),
    target: targetEntry,
  },
  clear: {
    summary: 'Drop every entry',
    run: async ({ cache }) => removed(await cache.clear()),
    target: () => ({}),
  },
  'clear-company': {
    summary: 'Drop the entries of one company',
    run: async ({ cache }, { companyId }) => removed(await cache.clearByCompany(companyId)),
    target: (body) => body,
  },
  'clear-type': {
    summary: 'Drop the entries of one type',
    run: async ({ cache }, { type }) => removed(await cache.clearByType(type)),
    target: (body) => body,
  },
  'clear-tag': {
    summary: 'Drop the entries with one tag',
    run: async ({ cache }, { tag }) => removed(await cache.clearByTag(tag)),
    target: (body) => body,
  },
  'set-type-ttl': {
    summary: 'Set the TTL of one type, for what is stored from now on',
    run: ({ config }, { type, ttl }) => set(config, `cache.ttl.${type}`, ttl),
    target: ({ type }) => ({ type }),
    value: ({ ttl }) => ttl ?? 'as the code says',
  },
  'set-type-enabled': {
    summary: 'Switch the cache on or off for one type',
    run: ({ config }, { type, enabled }) => set(config, `cache.enabled.${type}`, enabled ? null : 'false'),
    target: ({ type }) => ({ type }),
    value: onOrOff,
  },
  'set-cache-enabled': {
    summary: 'Switch the cache on or off for everything',
    run: ({ config }, { enabled }) => set(config, 'cache.enabled', enabled ? null : 'false'),
    target: () => ({}),
    value: onOrOff,
  },
  'set-user-enabled': {
    summary: 'Switch the cache on or off for one user',
    run: async ({ users }, { username, enabled }) => {
      await users.setEnabled(username, enabled);
      return NOTHING_REMOVED;
    },
    target: ({ username }) => ({ username }),
    value: onOrOff,
  },
  'run-warm-up': {
    summary: 'Ask for what users ask for often and what is not there now; answers when it has begun',
    run: beginWarmUp,
    target: (body) => body,
  },
  'cancel-warm-up': {
    summary: 'End the warm-ups that run, in all processes',
    run: async (services) => {
      await warmUpOf(services).cancelEverywhere();
      return NOTHING_REMOVED;
    },
    target: () => ({}),
  },
};

const NOTHING_REMOVED: ActionResult = { removed: 0, refreshed: null };

/**
 * Does what was asked for, and writes an audit row of it, whether it succeeded or failed. An audit log that cannot be
 * written to costs a warning: who must drop old figures while the file is out shall be able to.
 */
export async function act<Name extends ActionName>(
  name: Name,
  services: DashboardServices,
  input: unknown,
  username: string | null,
): Promise<ActionResult> {
  const action: Action<Name> = ACTIONS[name];
  const body = actionBodies[name].parse(input ?? {}) as Body<Name>;
  const target = await action.target(body, services);
  const record = (outcome: 'done' | 'failed', count?: number): Promise<void> =>
    services.audit
      .record({ username, action: name, target, value: action.value?.(body), outcome, removed: count })
      .catch((error: unknown) => logger.warn(`${name} is missing in the audit log: ${loggable(error)}`));
  try {
    const result = await action.run(services, body);
    await record('done', result.removed);
    return result;
  } catch (error) {
    await record('failed');
    throw error;
  }
}

async function refreshEntry(services: DashboardServices, { key }: { key: string }): Promise<ActionResult> {
  const wasThere = await services.cache.delete(key);
  return { removed: wasThere ? 1 : 0, refreshed: await runAgain(services, key) };
}

async function runAgain({ refresher }: DashboardServices, key: string): Promise<boolean> {
  if (refresher === undefined) return false;
  try {
    return await inTime(refresher.refresh(key), REFRESH_PATIENCE_MS, () => new Error('it takes longer'));
  } catch (error) {
    logger.warn(`A report could not be run again: ${loggable(error)}`);
    return false;
  }
}

async function beginWarmUp(services: DashboardServices, selection: WarmUpSelection): Promise<ActionResult> {
  const ended = warmUpOf(services).run(selection);
  // One that finds nothing to do is over by then, and the page shows how it ended.
  await Promise.race([ended, setTimeout(BEGIN_PATIENCE_MS, undefined, { ref: false })]);
  return NOTHING_REMOVED;
}

/** @throws {ApiProblem} where the app has none. */
function warmUpOf({ warmUp }: DashboardServices): DashboardServices['warmUp'] {
  if (warmUp.progress().enabled) return warmUp;
  throw new ApiProblem(
    400,
    'BAD_INPUT',
    'nothing can be warmed up: the module was not given the option warmUp',
  );
}

/** Whose entry it is stands in the audit row, so that a purge of the company or user finds it. */
async function targetEntry({ key }: { key: string }, { entries }: DashboardServices): Promise<AuditTarget> {
  const found = await unlessStoreIsOut<FoundEntry | null | undefined>(entries.find(key), () => null);
  if (found === undefined) throw new ApiProblem(404, 'NOT_FOUND', 'there is no such entry any more');
  const { type, companyId, username } = found ?? { type: undefined, companyId: null, username: null };
  return {
    key,
    ...(type !== undefined && { type }),
    ...(companyId !== null && { companyId }),
    ...(username !== null && { username }),
  };
}

/** `null`: the setting goes. */
async function set(
  config: DashboardServices['config'],
  key: string,
  value: string | null,
): Promise<ActionResult> {
  if (value === null) await config.delete(key);
  else await config.set(key, value);
  return NOTHING_REMOVED;
}

function onOrOff({ enabled }: { enabled: boolean }): string {
  return enabled ? 'on' : 'off';
}

function removed(count: number): ActionResult {
  return { removed: count, refreshed: null };
}
