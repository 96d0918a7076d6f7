import { describe, expect, it, test } from 'vitest';
import { codeSpans, Markdown } from './markdown.js';
import { packageJson } from './project.js';

const decisions = new Markdown('docs/decisions.md');

describe('the decisions', () => {
  test.each(['dependencies', 'peerDependencies', 'devDependencies'] as const)(
    'give a reason for exactly the %s of package.json',
    (kind) => {
      const { rows } = decisions.table(`\`${kind}\``);
      const named = rows.flatMap(([names = '']) => codeSpans(names));
      expect(named.sort()).toEqual(Object.keys(packageJson[kind]).sort());
      for (const [, reason] of rows) expect(reason).not.toBe('');
    },
  );

  it('are dated, and each says why', () => {
    const entries = decisions.prose.split('\n\n').filter((paragraph) => paragraph.startsWith('**'));
    expect(entries.length).toBeGreaterThan(20);
    for (const entry of entries) {
      expect(entry).toMatch(/^\*\*\d{4}-\d\d-\d\d · /);
      expect(entry).toContain('Why:');
    }
  });
});
