import { switchCache } from '../actions/switches.js';
import { h } from '../dom.js';
import { printable } from '../text/printable.js';

/** @import { OverviewView } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * What whoever opens the page should know first: nothing, on a good day.
 * @param {Ui} ui
 * @param {OverviewView} overview
 * @param {boolean} enabled the switch of the whole cache
 */
export function overviewNotices(ui, { store, watermarks, log }, enabled) {
  const { t } = ui;
  const watermarksOut = watermarks.state === 'failed' || watermarks.state === 'timed out';
  return [
    enabled
      ? null
      : notice('warning', t('cache.offNotice'), ui.settings.readOnly ? null : switchOnButton(ui)),
    store.state === 'open'
      ? null
      : notice('error', [t('store.outNotice'), ' ', printable(store.reason ?? '')]),
    watermarksOut ? notice('warning', t('watermarks.outNotice')) : null,
    log.dropped > 0 ? notice('warning', t('log.dropped', { count: log.dropped })) : null,
  ];
}

/** @param {'warning' | 'error'} tone @param {Children} text @param {Children} [action] */
function notice(tone, text, action) {
  return h('div', { class: `notice ${tone}` }, h('p', {}, text), action);
}

/** @param {Ui} ui */
function switchOnButton(ui) {
  const label = ui.t('cache.switchOn');
  return h(
    'button',
    { type: 'button', class: 'button small', 'data-key': label, onclick: () => void switchCache(ui, true) },
    label,
  );
}
