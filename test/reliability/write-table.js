// `node test/reliability/write-table.js <file>`: writes what the harnesses reached into docs/reliability.md. The file
// is the one that RELIABILITY_FIGURES named while they ran: a line of JSON for each report.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const BETWEEN_MARKERS = /(?<=<!-- figures -->\n)[^]*(?=<!-- \/figures -->)/;

const [path] = process.argv.slice(2);
if (path === undefined)
  throw new Error('usage: node test/reliability/write-table.js <file of RELIABILITY_FIGURES>');

const page = readFileSync(PAGE, 'utf8');
if (!BETWEEN_MARKERS.test(page)) throw new Error(`${PAGE} has no place between markers for the table`);
writeFileSync(
  PAGE,
  page.replace(BETWEEN_MARKERS, () => `${heading()}\n\n${table(readReports(path))}\n`),
);

/** Of a harness that ran twice in one form, the last run counts. */
function readReports(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const reports = lines.map((line) => JSON.parse(line));
  const latest = new Map(reports.map((report) => [nameOf(report), report]));
  return [...latest.values()].sort(byPromise);
}

/** One harness reports for each driver, each mutant and each thing that it looks at. */
function nameOf({ promise, form, figures }) {
  const { driver, mutant } = figures;
  return JSON.stringify([promise, form, driver, mutant, Object.keys(figures)]);
}

function byPromise(one, other) {
  return (
    Number.parseInt(one.promise) - Number.parseInt(other.promise) || one.promise.localeCompare(other.promise)
  );
}

function heading() {
  const [{ model }] = cpus();
  const machine = `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${machine}, ${platform()} ${release()}, Node ${process.versions.node}; \`npm run test:reliability\`, the
long forms with \`-- --long\`. A shared machine: bounds hold, times drift.`;
}

function table(reports) {
  const rows = reports.map(({ promise, form, figures }) => `| ${promise} | ${form} | ${describe(figures)} |`);
  return ['| promise and harness | form | reached |', '|---|---|---|', ...rows].join('\n');
}

function describe(figures) {
  return Object.entries(figures)
    .map(([name, figure]) => `${name} ${typeof figure === 'number' ? round(figure) : figure}`)
    .join(', ')
    .replaceAll('|', '\\|');
}

function round(figure) {
  return Number.isInteger(figure) ? figure.toLocaleString('en-US') : figure.toPrecision(3);
}
