import { once } from 'node:events';
import { join } from 'node:path';
import { childProgram } from '../../support/child-process.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { FIGURES, type Figure, grown, growthOf } from './growth.js';
import type { Sample } from './sample.js';

export interface SoakPlan {
  readonly driver: 'sqlite' | 'better-sqlite3';
  /** How long in all, how long until everything that fills has filled, and how often to look. */
  readonly seconds: number;
  readonly warmUp: number;
  readonly sampleEvery: number;
  readonly leaks?: readonly Figure[];
}

/** Loads an app in a process of its own; resolves with the figures that grew. To be made where a spec begins. */
export function soakProgram(): (plan: SoakPlan) => Promise<Figure[]> {
  const start = childProgram('test/reliability/soak/soak.child.ts');
  return async ({ driver, seconds, warmUp, sampleEvery, leaks = [] }) => {
    const path = join(tempFolder(), 'cache.sqlite');
    const samples: Sample[] = [];
    const child = start([driver, path, String(seconds), String(sampleEvery), ...leaks], {
      execArgv: ['--expose-gc'],
    });
    child.on('message', (sample: Sample) => samples.push(sample));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the soaked app ended with ${code}`);
    const observed = samples.filter(({ at }) => at >= warmUp);
    report(driver, leaks, observed);
    return grown(observed);
  };
}

function report(driver: string, leaks: readonly Figure[], observed: readonly Sample[]): void {
  const { operations, at, ...last } = observed.at(-1)!;
  reportFigures(leaks.length === 0 ? '8 soak' : `8 soak, mutant ${leaks.join(' and ')}`, {
    driver,
    operations,
    seconds: Math.round(at),
    samples: observed.length,
    ...Object.fromEntries(
      [...FIGURES, 'rssBytes' as const].map((figure) => [
        figure,
        `${last[figure].toLocaleString('en-US')} (grew by ${Math.round(growthOf(figure, observed)).toLocaleString('en-US')})`,
      ]),
    ),
  });
}
