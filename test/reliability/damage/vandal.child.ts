import { copyFileSync } from 'node:fs';

/** Overwrites files in their place. In a process of its own: closing a file here would take SQLite's locks away there. */
process.on('message', (pairs: readonly (readonly [from: string, to: string])[]) => {
  for (const [from, to] of pairs) copyFileSync(from, to);
  process.send?.('done');
});
