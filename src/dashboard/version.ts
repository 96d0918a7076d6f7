import { readFileSync } from 'node:fs';

/** The version of this package, by its `package.json`, which lies as far up from `dist` as from `src`. */
export const VERSION = readVersion();

/** In a bundle there is no such file, and the app starts all the same. */
function readVersion(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
