import type { Benchmark } from './harness/benchmark.js';
import { temporaryFile } from './harness/folders.js';
import { interleave } from './harness/interleave.js';
import { askOnce } from './harness/one-shot.js';
import { toSection } from './harness/section.js';
import { DRIVERS } from './library.js';
import { fillFile } from './rows.js';

const SCRIPT = new URL('one-shot/first-hit.js', import.meta.url);

const benchmark: Benchmark = {
  question: 'How long from starting the module to its first hit, by the number of entries in the file?',
  async *run({ quick, rounds }) {
    const counts = [1_000, quick ? 100_000 : 1_000_000];
    for (const driver of DRIVERS) {
      const subjects = [];
      for (const count of counts) {
        const path = temporaryFile('cache.sqlite');
        await fillFile(path, { count, bytes: 1_024, expiresAt: Date.now() + 3_600_000 });
        subjects.push({ name: `${count.toLocaleString('en-US')} entries`, path });
      }
      const samples = await interleave(subjects, rounds, ({ path }) =>
        askOnce<number>(SCRIPT, [driver, path]),
      );
      const [few, many] = subjects;
      yield toSection(`Start and first hit, ${driver}`, 'ms', samples, [
        { name: many!.name, yardstick: few!.name, atMost: 3 },
      ]);
    }
  },
};

export default benchmark;
