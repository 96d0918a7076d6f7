export type Engine = 'SQLite' | 'PostgreSQL';

/**
 * Whether the cache's database can be used. `reason` says why not, and how to mend it; `notice` what became of the
 * file that was open, or should have been, before.
 */
export type DatabaseState =
  | { readonly kind: 'open'; readonly engine: Engine; readonly version: string; readonly notice?: string }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly cause?: unknown }
  | { readonly kind: 'closed' };

/** Holds the state and tells listeners of its changes; the same reason again is no change. */
export class StateNotifier {
  private current: DatabaseState = { kind: 'closed' };
  private readonly listeners = new Set<(state: DatabaseState) => void>();

  get state(): DatabaseState {
    return this.current;
  }

  onChange(listener: (state: DatabaseState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(state: DatabaseState): void {
    const isSame = describe(state) === describe(this.current);
    this.current = state;
    if (isSame) return;
    for (const listener of this.listeners) listener(state);
  }
}

function describe(state: DatabaseState): string {
  if (state.kind === 'unavailable') return `unavailable: ${state.reason}`;
  return state.kind === 'open' ? `open: ${state.notice ?? ''}` : state.kind;
}
