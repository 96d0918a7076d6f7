import fc from 'fast-check';
import { expect } from 'vitest';
import type { CacheService, SetOptions } from '../../../src/index.js';
import type { EntrySelector, Selectable } from '../../../src/common/entry-selector.js';
import { inTime } from '../../../src/common/in-time.js';
import type { ManualClock } from '../../support/manual-clock.js';
import type { ReferenceCache, ReferenceFlight } from './reference-cache.js';

/** The cache under test. Every run has a namespace of its own in one file, which spares it an app of its own. */
export interface RealCache {
  service: CacheService;
  readonly clock: ManualClock;
  readonly namespace: string;
  /** The loads under way, by their counterpart in the reference. */
  readonly flights: Map<ReferenceFlight, RealFlight>;
  restart(): Promise<void>;
}

interface RealFlight {
  readonly answers: Promise<number | Error>[];
  readonly land: (succeeds: boolean) => void;
}

type Command = fc.AsyncCommand<ReferenceCache, RealCache>;

interface Target {
  readonly key: string;
  readonly type: string;
  readonly companyId: string | null;
  readonly tags: readonly string[];
  readonly ttl: number;
  readonly grace: number;
}

const target = fc.record<Target>({
  key: fc.constantFrom('k1', 'k2', 'k3'),
  type: fc.constantFrom('a', 'b'),
  companyId: fc.constantFrom('7', '8', null),
  tags: fc.subarray(['x', 'y']),
  ttl: fc.constantFrom(1_000, 5_000),
  grace: fc.constantFrom(0, 3_000),
});

const selector = fc.oneof(
  fc.record({ key: fc.constantFrom('k1', 'k2', 'k3') }),
  fc.record({ type: fc.constantFrom('a', 'b') }),
  fc.record({ companyId: fc.constantFrom('7', '8') }),
  fc.record({ tags: fc.constantFrom(['x'], ['y']) }),
  fc.constant({}),
) as fc.Arbitrary<EntrySelector>;

/** Sequences of all that can be done to the cache. */
export const commands = fc.commands<ReferenceCache, RealCache, false>(
  [
    fc.constantFrom('k1', 'k2', 'k3').map(get),
    target.map(set),
    target.map(startLoad),
    target.map(startLoad),
    fc.tuple(fc.nat(5), fc.boolean()).map(([index, succeeds]) => finishLoad(index, succeeds)),
    fc.tuple(fc.nat(5), fc.constant(true)).map(([index, succeeds]) => finishLoad(index, succeeds)),
    selector.map(invalidate),
    fc.constantFrom(1, 999, 1_000, 3_000).map(advance),
    fc.constant(cleanUp()),
    fc.constant(restart()),
  ] as fc.Arbitrary<Command>[],
  { maxCommands: 30 },
);

/** All loads land, then every key is looked at. */
export async function comeToRest(model: ReferenceCache, real: RealCache): Promise<void> {
  while (model.flights.length > 0) await finishLoad(0, true).run(model, real);
  for (const key of ['k1', 'k2', 'k3']) await get(key).run(model, real);
}

function get(key: string): Command {
  return command(`get ${key}`, async (model, { service, namespace }) => {
    expect(await service.get(namespace + key)).toBe(model.get(key));
  });
}

function set(given: Target): Command {
  return command(`set ${describe(given)}`, async (model, real) => {
    const value = model.nextValue();
    model.set(toSelectable(given), value, given.ttl, given.grace);
    expect(await real.service.set(real.namespace + given.key, value, toOptions(given, real))).toBe(true);
  });
}

/** A call of `getOrSet` whose load, if it comes to one, takes until it is told to end. */
function startLoad(given: Target): Command {
  return command(`getOrSet ${describe(given)}`, async (model, real) => {
    const value = model.nextValue();
    const source = heldLoad(value);
    const answer = real.service
      .getOrSet(real.namespace + given.key, source.load, toOptions(given, real))
      .catch((error: unknown) => error as Error);
    const stored = model.get(given.key);
    if (stored !== undefined) {
      expect(await firstOf(answer, source.started)).toBe(stored);
      return;
    }
    const running = model.joinable(given.key);
    if (running !== undefined) {
      real.flights.get(running)?.answers.push(answer);
      return;
    }
    const flight = model.depart(toSelectable(given), value, given.ttl, given.grace);
    real.flights.set(flight, { answers: [answer], land: source.land });
    expect(await firstOf(answer, source.started)).toBe('started');
  });
}

function finishLoad(index: number, succeeds: boolean): Command {
  return command(
    `load ${index} ${succeeds ? 'succeeds' : 'fails'}`,
    async (model, real) => {
      const flight = model.flights[index % model.flights.length]!;
      const { answers, land } = real.flights.get(flight)!;
      const expected = model.land(flight, succeeds);
      land(succeeds);
      for (const answer of await Promise.all(answers)) {
        if (expected === undefined) expect(answer).toBeInstanceOf(RangeError);
        else expect(answer).toBe(expected);
      }
    },
    (model) => model.flights.length > 0,
  );
}

function invalidate(given: EntrySelector): Command {
  return command(`invalidate ${JSON.stringify(given)}`, async (model, real) => {
    const { dropped, expired } = model.invalidate(given);
    const counted = await invalidateReal(given, real);
    // Whether an expired entry has gone already is the cache's own affair.
    expect(counted).toBeGreaterThanOrEqual(dropped - expired);
    expect(counted).toBeLessThanOrEqual(dropped);
  });
}

async function invalidateReal(given: EntrySelector, { service, namespace }: RealCache): Promise<number> {
  if (given.key !== undefined) return Number(await service.delete(namespace + given.key));
  if (given.type !== undefined) return service.clearByType(namespace + given.type);
  if (given.companyId !== undefined) return service.clearByCompany(namespace + given.companyId);
  if (given.tags !== undefined) return service.clearByTag(namespace + given.tags.join());
  return service.clear();
}

function advance(milliseconds: number): Command {
  return command(`${milliseconds} ms pass`, (model, { clock }) => {
    model.now += milliseconds;
    clock.advance(milliseconds);
  });
}

function cleanUp(): Command {
  return command('clean up', async (model, { service }) => {
    model.cleanUp();
    await service.cleanupExpired();
  });
}

function restart(): Command {
  return command('restart', async (model, real) => {
    model.restart();
    await real.restart();
  });
}

function command(
  name: string,
  run: (model: ReferenceCache, real: RealCache) => void | Promise<void>,
  check: (model: Readonly<ReferenceCache>) => boolean = () => true,
): Command {
  return { check, run: async (model, real) => run(model, real), toString: () => name };
}

function toSelectable({ key, type, companyId, tags }: Target): Selectable {
  return { key, type, companyId, username: null, tags };
}

function toOptions({ type, companyId, tags, ttl, grace }: Target, { namespace }: RealCache): SetOptions {
  return {
    type: namespace + type,
    companyId: companyId === null ? null : namespace + companyId,
    tags: tags.map((tag) => namespace + tag),
    ttl,
    ...(grace > 0 && { grace }),
  };
}

function describe({ key, type, companyId, tags, ttl, grace }: Target): string {
  return `${key} (${[type, companyId, ...tags, ttl, grace].join(' ')})`;
}

/** Neither comes when the cache lets the caller wait for a load it must not join. */
function firstOf<T>(answer: Promise<T>, started: Promise<'started'>): Promise<T | 'started'> {
  return inTime(Promise.race([answer, started]), 2_000, () => new Error('neither an answer nor a load'));
}

function heldLoad(value: number) {
  let start!: (word: 'started') => void;
  let land!: (succeeds: boolean) => void;
  const started = new Promise<'started'>((resolve) => (start = resolve));
  const landed = new Promise<boolean>((resolve) => (land = resolve));
  const load = async (): Promise<number> => {
    start('started');
    if (await landed) return value;
    throw new RangeError('the source is down');
  };
  return { load, started, land };
}
