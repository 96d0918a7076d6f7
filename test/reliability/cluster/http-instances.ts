import type { ChildProcess } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { RunningApp } from '../shutdown/running-app.js';

/** Apps in processes of their own; killed when the test has finished, before their schema is dropped. */
export function startInstances(children: readonly ChildProcess[]): RunningApp[] {
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  return children.map((child) => new RunningApp(child));
}
