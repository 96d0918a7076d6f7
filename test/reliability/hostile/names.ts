import fc from 'fast-check';
import type { CacheApp } from '../../module/cache-app.js';
import { chunksOf, Findings, type HostileRun } from './findings.js';
import { nastyText } from './inputs.js';

const name = nastyText.filter((text) => text.length > 0 && text.length <= 200 && text.isWellFormed());

/** Small, so that names meet others that a wildcard would take for them. */
const names = fc.uniqueArray(
  fc.oneof(name, fc.constantFrom('%', '_', 'a', 'ab', 'a%', 'a_', '*', '?', '[a]')),
  {
    minLength: 4,
    maxLength: 8,
  },
);

const drops = {
  key: ({ service }: CacheApp, dropped: string) => service.delete(dropped),
  type: ({ service }: CacheApp, dropped: string) => service.clearByType(dropped),
  company: ({ service }: CacheApp, dropped: string) => service.clearByCompany(dropped),
  tag: ({ service }: CacheApp, dropped: string) => service.clearByTag(dropped),
};

/** Entries of hostile names, of which one is dropped: the others stay, in memory and in the file. */
export async function runNames(app: CacheApp, inputs: number): Promise<HostileRun> {
  const findings = new Findings();
  const by = fc.constantFrom(...(Object.keys(drops) as (keyof typeof drops)[]));
  for (const chunk of chunksOf(fc.record({ names, by }), inputs, 500)) {
    for (const input of chunk) {
      const [dropped = '', ...others] = input.names;
      await Promise.all(
        input.names.map((one) =>
          app.service.set(one, one, { type: one, companyId: one, tags: [one], ttl: '1d' }),
        ),
      );
      await drops[input.by](app, dropped);
      if ((await app.service.get(dropped)) !== undefined) findings.add(input, 'not dropped');
      const { totalEntries } = await app.service.getStats();
      if (totalEntries !== others.length) findings.add(input, `${totalEntries} entries stayed`);
      await app.service.clear();
    }
    if (findings.isFull) break;
  }
  return { inputs, findings: findings.list };
}
