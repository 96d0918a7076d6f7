// Lets Node load this project's TypeScript, for the TypeORM CLI. The compiler itself transpiles, because entities
// need decorators, which Node's own type stripping (22 and later) does not do.
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

if (isMainThread) register(import.meta.url);

const { compilerOptions } = ts.readConfigFile(
  fileURLToPath(new URL('tsconfig.json', import.meta.url)),
  ts.sys.readFile,
).config;
const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, import.meta.dirname);

export function resolve(specifier, context, next) {
  if (!specifier.startsWith('.') || !context.parentURL?.endsWith('.ts')) return next(specifier, context);
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  return existsSync(source) ? next(source.href, context) : next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const fileName = fileURLToPath(url);
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions: { ...options, module: ts.ModuleKind.ESNext, inlineSourceMap: true },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
