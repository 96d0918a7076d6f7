import type { Command, Option } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.js';
import { buildProgram } from '../../src/cli/program.js';
import { codeSpans, Markdown, type Table } from './markdown.js';
import { packageJson, readProjectFile } from './project.js';

const page = new Markdown('docs/command-line.md');
const program = buildProgram(() => undefined);

/** The tables of a section, by its heading. */
function tablesOf(heading: string): Table[] {
  const [, section = ''] = readProjectFile(page.path).split(`\n## ${heading}\n`);
  return page.tables.filter(({ rows }) =>
    rows.every((row) => section.split('\n## ')[0]!.includes(row.at(-1)!)),
  );
}

const documented = (table: Table | undefined): string[] =>
  (table?.rows ?? []).map(([option = '']) => codeSpans(option)[0] ?? '');

const given = (command: Command): string[] =>
  command.options.map(({ flags }: Option) => flags).filter((flags) => !flags.includes('--version'));

const titleOf = (command: Command): string => {
  const operands = command.registeredArguments.map((argument) => ` <${argument.name()}>`).join('');
  return `\`${command.name()}${operands}\``;
};

describe('the page on the command line', () => {
  it('has a section for every command, and no others', () => {
    const headings = [...readProjectFile(page.path).matchAll(/^## (`.*`)$/gm)].map(([, heading]) => heading);
    expect(headings.sort()).toEqual(program.commands.map(titleOf).sort());
  });

  test.each(program.commands.map((command) => [command.name(), command] as const))(
    'names exactly the options of %s',
    (_name, command) => {
      const [table] = tablesOf(titleOf(command));
      expect(documented(table).sort()).toEqual(given(command).sort());
    },
  );

  it('names exactly the options that all commands take', () => {
    const [table] = tablesOf('What holds for all commands');
    expect(documented(table).sort()).toEqual(given(program).sort());
  });

  it('gives the defaults there are', () => {
    for (const command of [program, ...program.commands]) {
      for (const { flags, defaultValue } of command.options) {
        if (defaultValue === undefined || typeof defaultValue === 'boolean') continue;
        const row = page.tables.flatMap(({ rows }) => rows).find(([option]) => option === `\`${flags}\``);
        expect(codeSpans(row?.[1] ?? '')).toContain(String(defaultValue));
      }
    }
  });

  it('names exactly the exit codes there are, as the help does', () => {
    const codes = page.table('exit code').rows.map(([code = '']) => Number(codeSpans(code)[0]));
    expect(codes).toEqual(Object.values(ExitCode));
  });

  it('calls the command as package.json installs it', () => {
    const { bin } = packageJson as unknown as { bin: Record<string, string> };
    expect(bin).toEqual({ 'reports-cache': './dist/cli/main.js' });
    expect(readProjectFile('src/cli/main.ts')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const calls = page.codeBlocks.flatMap(({ text }) => [...text.matchAll(/npx (\S+) (\S+)/g)]);
    expect(calls.length).toBeGreaterThan(3);
    for (const [, name, command] of calls) {
      expect(name).toBe('reports-cache');
      expect(program.commands.map((each) => each.name())).toContain(command);
    }
  });
});
