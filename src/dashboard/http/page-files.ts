import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly contentType: string;
  readonly text: string;
  /** A strong entity tag, of the text. */
  readonly etag: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

/** The chart library, under names of our own. */
const UPLOT = { 'uplot.js': 'uPlot.esm.js', 'uplot.css': 'uPlot.min.css' } as const;

/**
 * The files of the page, all read at once: what is asked for is looked up among them by its name and never becomes a
 * path.
 */
export class PageFiles {
  private readonly files = new Map<string, PageFile>();
  private readonly html: string;

  /** @throws when they cannot be read. @param folder with `index.html`, scripts and styles, at most one folder deep. */
  constructor(folder = fileURLToPath(new URL('../page/', import.meta.url))) {
    this.html = readFileSync(join(folder, 'index.html'), 'utf8');
    for (const name of namesIn(folder)) this.add(name, join(folder, name));
    const uplot = join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
    for (const [name, file] of Object.entries(UPLOT)) this.add(name, join(uplot, file));
  }

  /** @param name such as `app.js` or `views/overview.js`. */
  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** @param base what relative addresses begin with. */
  page(base: string, language: string): string {
    const values: Record<string, string> = { base, language };
    return this.html.replace(/\{\{(base|language)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''));
  }

  private add(name: string, path: string): void {
    const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (contentType === undefined) return;
    const text = readFileSync(path, 'utf8');
    const hash = createHash('sha256').update(text).digest('base64url');
    this.files.set(name, { contentType, text, etag: `"${hash}"` });
  }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory()) return [];
    return readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}
