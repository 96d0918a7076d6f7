const EVERY_MS = 30_000;

/**
 * Refreshes while somebody can see it: not in a hidden tab, not behind an open dialog, not when switched off.
 * @param {() => Promise<void>} refresh
 */
export function autoRefresh(refresh) {
  let on = true;
  let due = Date.now() + EVERY_MS;
  const isWatched = () => !document.hidden && document.querySelector('dialog[open]') === null;

  const tick = () => {
    if (!on || !isWatched() || Date.now() < due) return;
    restart();
    void refresh();
  };
  const restart = () => {
    due = Date.now() + EVERY_MS;
  };

  setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
  return {
    /** Counts the time from now on. */
    restart,
    /** @returns {boolean} whether it is on now */
    toggle: () => {
      on = !on;
      tick();
      return on;
    },
  };
}
