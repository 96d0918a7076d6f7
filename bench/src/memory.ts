import type { Benchmark } from './harness/benchmark.js';
import { interleave } from './harness/interleave.js';
import { askOnce } from './harness/one-shot.js';
import { toSection } from './harness/section.js';

const ENTRIES = 10_000;
const ENTRY_BYTES = 10 * 1_024;
const PAYLOAD = 'bytes of the payloads';
const SCRIPT = new URL('one-shot/memory-of-entries.js', import.meta.url);

/** `kind` is how the entries came: as answers of requests, or by `CacheService.set`. */
const SUBJECTS = [
  { name: PAYLOAD, kind: undefined },
  { name: 'stored answers', kind: 'answers' },
  { name: 'values, never read', kind: 'values' },
  { name: 'values, each read once', kind: 'values-read' },
] as const;

const benchmark: Benchmark = {
  question: `How much memory do ${ENTRIES} entries of 10 KiB take, over an empty module?`,
  async *run({ quick }) {
    const samples = await interleave(SUBJECTS, quick ? 1 : 3, async ({ kind }) =>
      kind === undefined
        ? (ENTRIES * ENTRY_BYTES) / 2 ** 20
        : (await askOnce<number>(SCRIPT, [kind, String(ENTRIES), String(ENTRY_BYTES)])) / 2 ** 20,
    );
    yield toSection(
      'Heap and buffers after garbage collection',
      'MiB',
      samples,
      SUBJECTS.slice(1, 3).map(({ name }) => ({ name, yardstick: PAYLOAD, atMost: 1.3 })),
    );
  },
};

export default benchmark;
