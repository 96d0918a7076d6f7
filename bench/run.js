// Installs what is missing, builds library and benchmarks, runs them: `npm run bench [-- <name>… --quick]`.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = dirname(fileURLToPath(import.meta.url));
const root = dirname(bench);
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

if (!existsSync(join(root, 'node_modules'))) run('npm', ['ci'], root);
if (!existsSync(join(bench, 'node_modules'))) run('npm', ['ci'], bench);
if (!process.argv.includes('--no-build')) build();
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', join(bench, 'dist', 'bench', 'main.js'), ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: bench },
);
process.exitCode = status ?? 1;

/** Into a folder of its own, so that a build of the root cannot change what is being measured. */
function build() {
  rmSync(join(bench, 'dist'), { recursive: true, force: true });
  run(
    process.execPath,
    [tsc, '-p', 'tsconfig.build.json', '--outDir', join('bench', 'dist', 'library')],
    root,
  );
  const page = join('dashboard', 'page');
  cpSync(join(root, 'src', page), join(bench, 'dist', 'library', page), { recursive: true });
  run(process.execPath, [tsc, '-p', 'tsconfig.json'], bench);
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}
