import { setTimeout } from 'node:timers/promises';
import { Cacheable } from 'cacheable';
import type { Benchmark } from './harness/benchmark.js';
import { interleave, type Subject } from './harness/interleave.js';
import { makeReport, SIZES, type PayloadSize } from './harness/payload.js';
import { toSection } from './harness/section.js';
import { CacheService, DRIVERS, openLibrary } from './library.js';
import { bentocacheBoth } from './yardsticks/bentocache.js';

const CALLERS = 1_000;
const FACTORY_MS = 50;
const FACTORY = 'the factory alone';

/** A cold key each time. */
interface StampedeSubject extends Subject {
  ask(key: string, factory: () => Promise<object>): Promise<unknown>;
}

const benchmark: Benchmark = {
  question: `${CALLERS} callers want one cold key, its factory takes ${FACTORY_MS} ms: when has the last one its answer?`,
  async *run({ rounds }) {
    for (const size of SIZES.slice(0, 2)) {
      const report = makeReport(size.bytes);
      const everybody = await subjects();
      await interleave(everybody, 2, (subject) => lastAnswer(subject, report));
      const samples = await interleave(everybody, rounds, (subject) => lastAnswer(subject, report));
      const goals = DRIVERS.map((driver) => ({
        name: `getOrSet, ${driver}`,
        yardstick: FACTORY,
        atMost: 1.2,
      }));
      yield toSection(`Last of ${CALLERS} answers, ${nameOf(size)}`, 'ms', samples, goals);
    }
  },
};

export default benchmark;

const nameOf = ({ name }: PayloadSize): string => name;
let serial = 0;

async function lastAnswer(subject: StampedeSubject, report: object): Promise<number> {
  const key = `stampede:${(serial += 1)}`;
  // The factory makes its report anew, so that nobody can know the object already.
  const factory = async (): Promise<object> => {
    await setTimeout(FACTORY_MS);
    return { ...report };
  };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: subject.name === FACTORY ? 1 : CALLERS }, () => subject.ask(key, factory)),
  );
  return performance.now() - startedAt;
}

async function subjects(): Promise<StampedeSubject[]> {
  const bento = bentocacheBoth();
  const cacheable = new Cacheable();
  const ours = await Promise.all(
    DRIVERS.map(async (driver) => {
      const cache = (await openLibrary(driver)).get(CacheService);
      return {
        name: `getOrSet, ${driver}`,
        ask: (key: string, factory: () => Promise<object>) =>
          cache.getOrSet(key, factory, { type: 'trial-balance', companyId: 7 }),
      };
    }),
  );
  return [
    { name: FACTORY, ask: (_key, factory) => factory() },
    ...ours,
    { name: 'bentocache', ask: (key, factory) => bento.getOrSet({ key, factory, timeout: 0 }) },
    { name: 'cacheable', ask: (key, factory) => cacheable.getOrSet(key, factory, { ttl: '1h' }) },
  ];
}
