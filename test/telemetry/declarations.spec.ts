import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { packageJson, ROOT } from '../docs/project.js';

/** Whoever does not install these must be able to compile with `skipLibCheck: false`. */
const OPTIONAL = Object.entries(packageJson.peerDependenciesMeta)
  .filter(([, { optional }]) => optional === true)
  .map(([name]) => name);

test('no type of an optional package stands in what users import', () => {
  const declarations = declare();
  const reached = reachableFrom('src/index.d.ts', declarations);
  expect(reached.size).toBeGreaterThan(20);
  const leaks = [...reached].flatMap(([file, imports]) =>
    imports.filter((name) => OPTIONAL.includes(packageOf(name))).map((name) => `${file} imports ${name}`),
  );
  expect(leaks).toEqual([]);
}, 120_000);

test('the search would find one', () => {
  const leaky = new Map([
    ['src/index.d.ts', `export declare const meter: import("@opentelemetry/api").Meter;`],
  ]);
  expect([...reachableFrom('src/index.d.ts', leaky).values()].flat()).toContain('@opentelemetry/api');
});

/** What `npm run build` declares, by path. */
function declare(): Map<string, string> {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const program = ts.createProgram([join(ROOT, 'src/index.ts')], {
    ...options,
    emitDeclarationOnly: true,
    noCheck: true,
    sourceMap: false,
    outDir: ROOT,
    rootDir: ROOT,
  });
  const declarations = new Map<string, string>();
  program.emit(undefined, (path, text) => declarations.set(path.slice(ROOT.length).replace(/^\//, ''), text));
  return declarations;
}

/** The files that are read with an entry, and all that each imports. */
function reachableFrom(entry: string, declarations: Map<string, string>): Map<string, string[]> {
  const reached = new Map<string, string[]>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const text = declarations.get(file);
    if (text === undefined || reached.has(file)) continue;
    const imports = importsOf(text);
    reached.set(file, imports);
    const own = imports.filter((name) => name.startsWith('.'));
    waiting.push(...own.map((name) => join(dirname(file), name).replace(/\.js$/, '.d.ts')));
  }
  return reached;
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from\s+|import\(|import\s+)["']([^"']+)["']/g)].map(([, name]) => name!);
}

function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}
