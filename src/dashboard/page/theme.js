const STORED_AS = 'reports-cache.theme';

/** @typedef {'light' | 'dark'} Theme */

/** @returns {Theme} what is shown now: the reader's choice, else the system's */
export function currentTheme() {
  const chosen = readChoice();
  if (chosen !== null) return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows the chosen theme, if one was chosen. */
export function applyTheme() {
  const chosen = readChoice();
  if (chosen === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Changes to the other theme and remembers it. */
export function toggleTheme() {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  store(next);
  document.documentElement.dataset.theme = next;
  document.dispatchEvent(new Event('themechange'));
}

/**
 * Calls back whenever other colours are to be drawn.
 * @param {() => void} listener
 * @param {AddEventListenerOptions} [options] a signal ends it
 */
export function onThemeChange(listener, options) {
  document.addEventListener('themechange', listener, options);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener, options);
}

/** @returns {Theme | null} */
function readChoice() {
  try {
    const chosen = localStorage.getItem(STORED_AS);
    return chosen === 'light' || chosen === 'dark' ? chosen : null;
  } catch {
    return null; // storage is forbidden, as in some private windows
  }
}

/** @param {Theme} theme */
function store(theme) {
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // the choice lasts until the page is closed
  }
}
