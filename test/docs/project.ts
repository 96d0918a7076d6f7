import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface PackageJson {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

export const packageJson = JSON.parse(readProjectFile('package.json')) as PackageJson;

export function readProjectFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
