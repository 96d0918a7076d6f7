import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { resolveOptions } from '../../src/common/options.schema.js';
import { codeSpans, Markdown } from './markdown.js';
import { ROOT } from './project.js';

const page = new Markdown('docs/reliability.md');
const harnesses = join(ROOT, 'test/reliability');

describe('the page on reliability', () => {
  const promised = page.table('promise').rows.map(([, harness = '']) => codeSpans(harness)[0]);

  it('makes fourteen promises, in their order', () => {
    const numbers = page.table('promise').rows.map(([promise = '']) => Number.parseInt(promise));
    expect(numbers).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it('has a promise for every harness, and a harness for every promise', () => {
    const present = readdirSync(harnesses, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'support')
      .map(({ name }) => name);
    expect([...promised].sort()).toEqual(present.sort());
  });

  test.each(promised)('says what a mutant does to %s only where there is one', (name) => {
    const hasMutant = readdirSync(join(harnesses, name ?? '')).some((file) => file.includes('mutant'));
    const row = page.table('promise').rows.find(([, harness = '']) => codeSpans(harness)[0] === name);
    expect(row?.at(-1) !== 'none').toBe(hasMutant);
  });

  it('names options that there are among those that weaken a promise', () => {
    const { rows } = page.table('option');
    const named = rows.flatMap(([options = '']) => codeSpans(options)).filter((name) => name.includes('.'));
    const groups = {
      watermark: { source: { readWatermarks: () => Promise.resolve([]) } },
      refresh: { allow: () => true },
      warmUp: {},
    };
    const resolved = resolveOptions(groups) as unknown as Record<string, object>;
    for (const name of named.filter((name) => !name.startsWith('cache.'))) {
      const [group = '', option = ''] = name.split('.');
      expect(Object.keys(resolved[group] ?? {})).toContainEqual(expect.stringMatching(`^${option}(Ms)?$`));
    }
  });
});
