import { h, replace } from '../dom.js';

/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * @template Data
 * @typedef {object} RegionOptions
 * @property {(signal: AbortSignal) => Promise<Data>} load
 * @property {(data: Data) => Children} render
 */

/**
 * What the frame shows under a heading.
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {() => Promise<boolean>} refresh loads and shows what is new; `false` when it could not
 * @property {() => void} destroy to be called when it is shown no more
 * @property {Node} [tools] stands beside the heading
 */

/** @typedef {View & { redraw: () => void }} Region */

/**
 * A part of the page that shows what it loads: a placeholder at first, later the newest answer. When a refresh fails,
 * what is shown stays, with a word above it.
 * @template Data
 * @param {Ui} ui
 * @param {RegionOptions<Data>} options
 * @returns {Region}
 */
export function region(ui, { load, render }) {
  const notice = h('div', { class: 'region-notice' });
  const content = h('div', { class: 'region-content' }, placeholder(ui));
  const element = h('div', { class: 'region', 'aria-busy': 'true' }, notice, content);
  /** @type {AbortController | undefined} */
  let running;
  /** @type {{ data: Data } | undefined} */
  let shown;

  const redraw = () => {
    if (shown === undefined) return;
    const { data } = shown;
    keepingFocus(content, () => replace(content, render(data)));
  };

  /** @type {View['refresh']} */
  const refresh = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    element.setAttribute('aria-busy', 'true');
    try {
      const data = await load(mine.signal);
      if (mine.signal.aborted) return false;
      shown = { data };
      replace(notice);
      redraw();
      return true;
    } catch (failure) {
      if (mine.signal.aborted) return false;
      if (shown === undefined) replace(content);
      replace(notice, failureNotice(ui, failure, refresh));
      return false;
    } finally {
      if (running === mine) element.setAttribute('aria-busy', 'false');
    }
  };

  return { element, refresh, redraw, destroy: () => running?.abort() };
}

/** @param {Ui} ui */
function placeholder(ui) {
  return h(
    'div',
    { class: 'placeholder' },
    h('span', { class: 'visually-hidden' }, ui.t('state.loading')),
    [1, 2, 3].map(() => h('div', { class: 'placeholder-line' })),
  );
}

/**
 * @param {Ui} ui
 * @param {unknown} failure
 * @param {() => Promise<boolean>} retry
 */
function failureNotice(ui, failure, retry) {
  return h(
    'div',
    { class: 'notice error', role: 'alert' },
    h('p', {}, h('strong', {}, ui.t('state.failed')), ' ', ui.explain(failure)),
    h('button', { type: 'button', class: 'button small', onclick: () => void retry() }, ui.t('state.retry')),
  );
}

/**
 * A redraw makes new elements; the focus goes to the one that has the same `data-key` as the one it was on.
 * @param {Element} parent
 * @param {() => void} redraw
 */
function keepingFocus(parent, redraw) {
  const focused = document.activeElement;
  const key = focused !== null && parent.contains(focused) ? focused.getAttribute('data-key') : null;
  redraw();
  if (key === null) return;
  const successor = [...parent.querySelectorAll('[data-key]')].find(
    (each) => each.getAttribute('data-key') === key,
  );
  if (successor instanceof HTMLElement) successor.focus({ preventScroll: true });
}

/**
 * What stands where there is nothing to show.
 * @param {string} title
 * @param {string} hint what would bring something here
 */
export function emptyState(title, hint) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', {}, hint));
}
