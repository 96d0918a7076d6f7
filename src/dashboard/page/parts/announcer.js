import { h } from '../dom.js';

const SHOWN_FOR_MS = 6_000;

/**
 * Says what was done, to those who look and to those who listen. The live region stands in the page from the start:
 * screen readers pass by one that comes together with its text.
 */
export function announcer() {
  const element = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  /** @param {string} message */
  const announce = (message) => {
    const toast = h('p', { class: 'toast' }, message);
    element.append(toast);
    setTimeout(() => toast.remove(), SHOWN_FOR_MS);
  };
  return { element, announce };
}
