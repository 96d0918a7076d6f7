import { h } from '../dom.js';
import { hashOf } from '../router.js';

/** @import { Range } from '../../api/contract.js' */
/** @import { Ui } from '../ui.js' */

/** @type {readonly Range[]} */
const RANGES = ['24h', '7d', '30d', '90d', '1y'];

/**
 * The period that an address asks for; the preset where it asks for none, or for one that there is not.
 * @param {URLSearchParams} params
 * @param {Range} preset
 */
export function rangeOf(params, preset) {
  return RANGES.find((range) => range === params.get('range')) ?? preset;
}

/**
 * Links to the same view over other periods.
 * @param {Ui} ui
 * @param {string} view
 * @param {Range} current
 */
export function rangeLinks({ t }, view, current) {
  return h(
    'nav',
    { class: 'segments', 'aria-label': t('range.label') },
    RANGES.map((range) =>
      h(
        'a',
        { href: hashOf(view, { range }), 'aria-current': range === current ? 'true' : null },
        t(`range.${range}`),
      ),
    ),
  );
}

/**
 * A button among others of its row: what it says first is what it does, then to whom.
 * @param {Ui} ui
 * @param {string} action
 * @param {string} subject
 * @param {() => void} onPress
 * @param {string} [className]
 */
export function rowButton({ t }, action, subject, onPress, className = '') {
  return h(
    'button',
    {
      type: 'button',
      class: `button small ${className}`,
      'aria-label': t('do.forRow', { action, name: subject }),
      'data-key': `${action} ${subject}`,
      onclick: onPress,
    },
    action,
  );
}
