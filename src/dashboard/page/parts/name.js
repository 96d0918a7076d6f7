import { h } from '../dom.js';
import { printable } from '../text/printable.js';

/** @import { Ui } from '../ui.js' */

/**
 * A name that a client may have chosen: isolated, so that its letters do not reorder what stands around it.
 * @param {string} text
 * @param {string} [className]
 */
export function name(text, className = 'name') {
  return h('bdi', { class: className }, printable(text));
}

/**
 * A company, or what stands for those entries that belong to none.
 * @param {Ui} ui
 * @param {string | null} companyId
 */
export function companyName(ui, companyId) {
  return companyId === null ? h('span', { class: 'muted' }, ui.t('company.none')) : name(companyId);
}
