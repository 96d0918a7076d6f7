import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect, test } from 'vitest';
import { Markdown } from './markdown.js';
import { packageJson, ROOT } from './project.js';

const FILES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/command-line.md',
  'docs/decisions.md',
  'docs/metrics.md',
  'docs/operations.md',
  'docs/reliability.md',
  'docs/scaling.md',
  'examples/superstore/README.md',
];

const links = FILES.flatMap((file) => new Markdown(file).localLinks.map((target) => ({ file, target })));

test.each(links)('$file links to $target, which is there', ({ file, target }) => {
  const [path = '', anchor] = target.split('#');
  const linked = path === '' ? file : join(dirname(file), path);
  expect(existsSync(join(ROOT, linked))).toBe(true);
  if (anchor !== undefined) expect(new Markdown(linked).anchors).toContain(anchor);
});

test.each(FILES)('%s names scripts that package.json has', (file) => {
  const text = new Markdown(file).codeBlocks.map((block) => block.text).join('\n');
  const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
});

test('the files do link', () => {
  expect(links.length).toBeGreaterThan(10);
});
