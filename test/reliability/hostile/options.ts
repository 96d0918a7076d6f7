import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import fc from 'fast-check';
import { Cacheable, CacheEvict, InvalidOptionsError, InvalidRouteError } from '../../../src/index.js';
import { resolveOptions } from '../../../src/common/options.schema.js';
import { planRoute } from '../../../src/http/route-plan.js';
import { type HostileRun, tryAll } from './findings.js';
import { nastyJson, nastyText } from './inputs.js';
import { unprintable } from './log-lines.js';

/** What code, an environment variable or a file of settings may hold where an option is expected. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  nastyJson,
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    Infinity,
    -1,
    0,
    1e21,
    5n,
    Symbol('s'),
    () => 1,
    class Report {},
  ),
  fc.constantFrom('15m', '1 day', '64mb', '1gb', '*/5 * * * *', '0 0 31 2 *', '0 0 29 2 *', '1e3', '1e999 h'),
  fc.constantFrom<unknown>(Object.create(null), new Proxy({}, {}), new Map(), new Date(NaN), [[]], true),
);

const group = (...names: string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    anything,
    fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] }),
  );

const moduleOptions = someOf(
  {
    database: group('type', 'path', 'busyTimeout'),
    memory: group('maxBytes', 'maxEntries'),
    cleanup: group('cron', 'batchSize'),
    performance: group('retention', 'flushEvery'),
    watermark: group('source', 'every'),
    refresh: group('allow', 'minAge'),
  },
  [
    'ttl',
    'identify',
    'maxEntryBytes',
    'maxBytes',
    'sourceConcurrency',
    'storeTimeout',
    'models',
    'xCacheHeader',
  ],
);

const routeOptions = someOf({}, [
  'type',
  'ttl',
  'company',
  'scope',
  'params',
  'headers',
  'tags',
  'grace',
  'softTimeout',
  'earlyRefresh',
  'jitter',
  'condition',
  'unless',
]);

/** Some of the options, and now and then one that is none. */
function someOf(
  groups: Record<string, fc.Arbitrary<unknown>>,
  names: readonly string[],
): fc.Arbitrary<unknown> {
  const known = { ...Object.fromEntries(names.map((name) => [name, anything])), ...groups };
  const some = fc.subarray(Object.keys(known), { maxLength: 3 });
  const filled = some.chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map((name) => [name, known[name]!]))),
  );
  return fc.oneof(
    { weight: 8, arbitrary: filled },
    {
      weight: 1,
      arbitrary: fc
        .tuple(filled, nastyText, anything)
        .map(([options, name, value]) => ({ ...options, [name]: value })),
    },
    { weight: 1, arbitrary: anything },
  );
}

/** Options of the module are resolved, or refused by one error that names each that is wrong. */
export function runModuleOptions(inputs: number): HostileRun {
  return tryAll(moduleOptions, inputs, (options) => {
    try {
      return faultOfResolved(resolveOptions(options as never));
    } catch (error) {
      return error instanceof InvalidOptionsError ? faultOfMessage(error.message) : `threw ${String(error)}`;
    }
  });
}

/** Options of a route make a plan, or faults to show; never an error of the check itself. */
export function runRouteOptions(inputs: number): HostileRun {
  return tryAll(fc.tuple(routeOptions, fc.boolean()), inputs, ([options, evicts]) => {
    @Controller()
    class Reports {
      @Get() report(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Reports.prototype, 'report') as PropertyDescriptor;
    const decorate = evicts ? CacheEvict(options as never) : Cacheable(options as never);
    decorate(Reports.prototype, 'report', descriptor);
    const route = { controller: Reports, handler: descriptor.value as never, methodName: 'report' };
    const { plan, faults } = planRoute(route);
    const isPlanned = (plan.cacheable ?? plan.evict) !== undefined;
    if (isPlanned === faults.length > 0) return 'neither a plan nor a fault';
    return faults.length === 0 ? undefined : faultOfMessage(new InvalidRouteError(faults).message);
  });
}

/** Every number of resolved options bounds something: one that is not finite would bound nothing. */
function faultOfResolved(value: object): string | undefined {
  const numbers = Object.entries(value).flatMap(([name, part]) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) && name !== 'watermark'
      ? Object.entries(part as object)
      : [[name, part] as const],
  );
  const wrong = numbers.find(([, part]) => typeof part === 'number' && !(Number.isFinite(part) && part > 0));
  return wrong && `${wrong[0]} was resolved to ${String(wrong[1])}`;
}

/** A head, then a line a fault. */
function faultOfMessage(message: string): string | undefined {
  const [, ...lines] = message.split('\n');
  if (lines.length === 0 || !lines.every((line) => /^ {2}- /.test(line)))
    return `an unreadable message ${message}`;
  return lines.some(unprintable) ? 'a message that a terminal would obey' : undefined;
}
