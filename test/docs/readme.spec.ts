import { describe, expect, it, test } from 'vitest';
import * as api from '../../src/index.js';
import { resolveOptions } from '../../src/common/options.schema.js';
import { codeSpans, Markdown } from './markdown.js';
import { packageJson, readProjectFile } from './project.js';
import { exportedNames, publicMembers } from './public-api.js';

const readme = new Markdown('README.md');
const source = { readWatermarks: () => Promise.resolve([]) };

/** Groups that are off unless given, with what they cannot do without. */
const OPTIONAL_GROUPS: Record<string, object> = {
  watermark: { source },
  refresh: { allow: () => true },
  encryption: { keys: [{ id: '2026', key: Buffer.alloc(32) }] },
  shadowCheck: { share: 0.01 },
  warmUp: {},
};
const REQUIRED_IN_GROUP = ['watermark.source', 'refresh.allow', 'encryption.keys', 'shadowCheck.share'];

describe('the README', () => {
  const blocks = readme.codeBlocks.filter(({ language }) => language === 'ts');

  it('shows code', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  test.each(blocks.map(({ text }) => ({ file: /^\/\/ (\S+)\n/.exec(text)?.[1], text })))(
    'shows $file as it is type-checked and run',
    ({ file, text }) => {
      const snippet = readProjectFile(`test/docs/snippets/${file}`);
      expect(text).toBe(`// ${file}\n${snippet}`);
    },
  );

  test.each(blocks.flatMap(({ text }) => importedNames(text)))('imports %s, which is exported', (name) => {
    expect(exportedNames().has(name)).toBe(true);
  });

  it('installs peers, and every peer that is not optional or already in a Nest app', () => {
    const installed = installLine();
    const inEveryNestApp = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];
    const required = Object.keys(packageJson.peerDependencies).filter(
      (name) => packageJson.peerDependenciesMeta[name]?.optional !== true && !inEveryNestApp.includes(name),
    );
    expect(installed.sort()).toEqual(['nestjs-reports-cache', 'sqlite3', ...required].sort());
  });

  it('lists the peers with their ranges', () => {
    const rows = readme
      .table('peer')
      .rows.flatMap(([names = '', range = '']) =>
        codeSpans(names).map((name) => [name, codeSpans(range)[0]] as const),
      );
    expect(Object.fromEntries(rows)).toEqual(packageJson.peerDependencies);
  });

  it('allows the install scripts that package.json allows', () => {
    const [json] = readme.codeBlocks.filter(({ language }) => language === 'json');
    const { allowScripts } = JSON.parse(json!.text) as { allowScripts: Record<string, boolean> };
    expect(packageJson.allowScripts).toMatchObject(allowScripts);
  });

  it('names the two commands, and the one for tests is that of the pipeline', () => {
    const commands = readme.codeBlocks.map(({ text }) => text).join('\n');
    expect(commands).toContain('npm ci && npm start\n');
    expect(commands).toContain('npm ci && npm test\n');
    expect(packageJson.scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
    expect(readProjectFile('.ci/run')).toMatch(/^step \.ci\/postgres npm test\b/m);
  });
});

describe('the table of options', () => {
  const rows = readme.table('option').rows.map(([option = '', , value = '']) => ({
    option: codeSpans(option)[0] ?? '',
    value,
  }));
  /** They have a row of their own, because `false` may stand for them. */
  const groups = ['memory', 'compression'];
  const leaves = rows.map(({ option }) => option).filter((option) => !groups.includes(option));

  it('names exactly the options there are', () => {
    const resolved = resolveOptions(OPTIONAL_GROUPS);
    expect(leaves.sort()).toEqual(optionNames(resolved).sort());
  });

  test.each(rows)('$option defaults to $value', ({ option, value }) => {
    const [group = ''] = option.split('.');
    const given = group in OPTIONAL_GROUPS ? { [group]: OPTIONAL_GROUPS[group] } : {};
    const documented = codeSpans(value)[0];
    expect(value).toMatch(/^(none|`[^`]+`)$/);
    if (documented === undefined) {
      if (!REQUIRED_IN_GROUP.includes(option))
        expect(resolveOptions(given)).toHaveProperty(option, undefined);
    } else {
      const explicit = withOption(given, option, literal(documented));
      expect(resolveOptions(explicit)).toEqual(resolveOptions(given));
    }
  });
});

describe('the tables of decorators and calls', () => {
  test.each([
    ['option of `database` on PostgreSQL', 'PostgresDatabaseOptions'],
    ['option of `@Cacheable`', 'CacheableOptions'],
    ['option of `@CacheEvict`', 'CacheEvictOptions'],
    ['option of `set` and `getOrSet`', 'SetOptions'],
  ])('%s names exactly the options there are', (heading, type) => {
    const named = readme.table(heading).rows.flatMap(([option = '']) => codeSpans(option));
    expect(named.sort()).toEqual(publicMembers(type).sort());
  });
});

describe('the table of services', () => {
  /** How `purgeCompany` and `purgeUser` reach into each service; not for users. */
  const PLUMBING = ['forgetCompany', 'forgetUser', 'othersAsk'];
  const operations = new Map<string, string[]>();
  let service = '';
  for (const [name = '', calls = ''] of readme.table('service').rows) {
    service = codeSpans(name)[0] ?? service;
    const names = codeSpans(calls).map((call) => call.replace(/\(.*/, ''));
    operations.set(service, [...(operations.get(service) ?? []), ...names]);
  }

  it('names every service', () => {
    const services = [...exportedNames().keys()].filter((name) => /(Service|HealthIndicator)$/.test(name));
    expect([...operations.keys()].sort()).toEqual(services.sort());
  });

  test.each([...operations])('names exactly the operations of %s', (name, named) => {
    const members = publicMembers(name).filter((member) => !PLUMBING.includes(member));
    expect([...named].sort()).toEqual(members.sort());
  });
});

describe('the table of errors', () => {
  it('names exactly the codes there are', () => {
    const codes = [...readProjectFile('src/common/errors.ts').matchAll(/readonly code = '(\w+)'/g)];
    const named = readme.table('`code`').rows.flatMap(([code = '']) => codeSpans(code));
    expect(named.sort()).toEqual(codes.map(([, code]) => code).sort());
    expect(codes.length).toBeGreaterThan(0);
  });
});

test('every reason to go past the cache is explained', () => {
  const [, union = ''] = /type BypassReason =([^;]+);/.exec(readProjectFile('src/http/bypass.ts')) ?? [];
  const [table] = new Markdown('docs/operations.md').tables.filter(({ head }) => head[1] === 'why');
  const explained = table!.rows.flatMap(([reason = '']) => codeSpans(reason));
  expect(explained.sort()).toEqual([...union.matchAll(/'([\w-]+)'/g)].map(([, reason]) => reason).sort());
});

test('every reason of a miss is explained', () => {
  const [, union = ''] = /type MissReason =([^;]+);/.exec(readProjectFile('src/cache/outcome.ts')) ?? [];
  const { tables } = new Markdown('docs/operations.md');
  const [table] = tables.filter(({ head }) => head[1] === 'why there was no entry');
  const explained = table!.rows.flatMap(([reason = '']) => codeSpans(reason));
  expect(explained.sort()).toEqual([...union.matchAll(/'([\w-]+)'/g)].map(([, reason]) => reason).sort());
});

test('what the README says can be injected is exported', () => {
  expect(api).toHaveProperty('REPORTS_CACHE_OPTIONS');
  expect(api).toHaveProperty('REPORTS_CACHE_DATA_SOURCE');
  expect(api).toHaveProperty('REPORTS_CACHE_CLOCK');
});

function importedNames(code: string): string[] {
  const imports = [...code.matchAll(/import (?:type )?\{([^}]*)\} from 'nestjs-reports-cache'/g)];
  const names = imports.flatMap(([, list = '']) => list.split(','));
  return names.map((name) => name.replace('type ', '').trim()).filter((name) => name !== '');
}

function installLine(): string[] {
  const [line] = readme.codeBlocks.filter(({ text }) => text.startsWith('npm install '));
  const packages = line!.text.trim().split(' ').slice(2);
  return packages.map((name) => name.replace(/(.)@[\d.]+$/, '$1'));
}

/** `{ cleanup: { batchSize } }` → `cleanup.batchSize`; the suffix of resolved durations goes. */
function optionNames(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const name = prefix + key.replace(/Ms$/, '');
    const isGroup = typeof part === 'object' && part !== null && !Array.isArray(part) && part !== source;
    return isGroup ? optionNames(part, `${name}.`) : [name];
  });
}

function withOption(options: object, path: string, value: unknown): object {
  const [key = '', ...rest] = path.split('.');
  const nested = (options as Record<string, object | undefined>)[key] ?? {};
  return { ...options, [key]: rest.length === 0 ? value : withOption(nested, rest.join('.'), value) };
}

/** The value of a literal as it stands in the table: `'15m'`, `10_000`, `true`, `[]`, `{}`. */
function literal(text: string): unknown {
  const json = text.startsWith("'") ? `"${text.slice(1, -1)}"` : text.replaceAll('_', '');
  return JSON.parse(json);
}
