import type { Type } from '@nestjs/common';
import type { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { ReportsCacheInterceptor } from './reports-cache.interceptor.js';

type Intercept = InterceptorsConsumer['intercept'];
type ConsumerClass = typeof InterceptorsConsumer;

/** How many parameters `intercept` has in the version this was written for. */
const KNOWN_PARAMETERS = 6;

const patched = new WeakSet<Intercept>();

/**
 * Lets a hit in memory pass Nest's interceptor chain by: guards have run, the cache's interceptor is the first of the
 * chain, and on a hit none of the others runs. Around it Nest builds four Observables, two promises and an async
 * scope, which cost a hit as much as finding, describing and logging it.
 *
 * Reaches for the method by which Nest runs all interceptors; where a version of Nest has none that looks like it,
 * nothing happens, and hits go through the chain. Rejected: a guard that answers, for it would have to leave the request
 * hanging to keep Nest from going on; and middleware, which runs before the guards.
 * @returns whether hits take the shortcut.
 */
export async function openShortcut(): Promise<boolean> {
  const methods: { intercept?: Intercept } | undefined = (await findConsumer())?.prototype;
  const chain = methods?.intercept;
  if (methods === undefined || chain?.length !== KNOWN_PARAMETERS) return false;
  if (!patched.has(chain)) methods.intercept = aroundChain(chain);
  return true;
}

async function findConsumer(): Promise<ConsumerClass | undefined> {
  try {
    const { InterceptorsConsumer } = await import('@nestjs/core/interceptors/interceptors-consumer.js');
    return InterceptorsConsumer;
  } catch {
    return undefined;
  }
}

function aroundChain(chain: Intercept): Intercept {
  const shortcut: Intercept = function (
    this: InterceptorsConsumer,
    interceptors,
    args,
    instance,
    callback,
    next,
    type,
  ) {
    const first: unknown = interceptors?.[0];
    const hit =
      isOurs(first) && type === 'http'
        ? first.answerAtOnce(instance.constructor as Type<unknown>, callback, args)
        : undefined;
    return hit === undefined
      ? chain.call(this, interceptors, args, instance, callback, next, type)
      : Promise.resolve(hit.result);
  };
  patched.add(shortcut);
  return shortcut;
}

/** Not a subclass, which wants its `intercept` to be called. */
function isOurs(interceptor: unknown): interceptor is ReportsCacheInterceptor {
  return (
    interceptor instanceof ReportsCacheInterceptor &&
    Object.getPrototypeOf(interceptor) === ReportsCacheInterceptor.prototype
  );
}
