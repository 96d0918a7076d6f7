import { h } from '../dom.js';

/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * A titled part of a view.
 * @param {string} title
 * @param {Children} body
 * @param {{ tools?: Children }} [options] beside the title
 */
export function card(title, body, { tools } = {}) {
  return h(
    'section',
    { class: 'card', 'aria-label': title },
    h('div', { class: 'card-head' }, h('h2', {}, title), tools),
    h('div', { class: 'card-body' }, body),
  );
}

/**
 * The one table of a view, whose heading names it: from edge to edge, and a line beneath.
 * @param {Children} content
 * @param {Children} [foot]
 */
export function tableCard(content, foot) {
  return h(
    'div',
    { class: 'card table-card' },
    h('div', { class: 'table-room' }, content),
    foot ? h('div', { class: 'table-foot' }, foot) : null,
  );
}

/**
 * Figures side by side, each with what it is and a note.
 * @param {readonly { label: string, value: Children, note?: Children }[]} figures
 */
export function figures(figures) {
  return h(
    'dl',
    { class: 'card figures' },
    figures.map(({ label, value, note }) =>
      h(
        'div',
        { class: 'figure' },
        h('dt', {}, label),
        h('dd', { class: 'figure-value' }, value),
        note === undefined ? null : h('dd', { class: 'figure-note' }, note),
      ),
    ),
  );
}

/**
 * Terms and what they are.
 * @param {readonly (readonly [string, Children])[]} pairs
 */
export function facts(pairs) {
  return h(
    'dl',
    { class: 'facts' },
    pairs.map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]),
  );
}

/**
 * @param {string} text
 * @param {'ok' | 'warning' | 'danger' | 'plain'} [tone]
 */
export function badge(text, tone = 'plain') {
  return h('span', { class: `badge ${tone}` }, text);
}

/**
 * A share as a bar; the figure beside it says the same, so that it is hidden from screen readers.
 * @param {number | null} share 0 to 1
 * @param {'hit' | 'miss' | 'used' | 'full'} [tone]
 */
export function bar(share, tone = 'hit') {
  const filled = h('span');
  // Through the object model, which a policy against style attributes permits.
  filled.style.width = `${Math.min(Math.max(share ?? 0, 0), 1) * 100}%`;
  return h('span', { class: `bar ${tone}`, 'aria-hidden': 'true' }, filled);
}

/**
 * A share as a figure with its bar.
 * @param {Ui} ui
 * @param {number | null} share 0 to 1
 */
export function ratio({ format }, share) {
  return h('span', { class: 'ratio' }, format.percent(share), bar(share));
}
