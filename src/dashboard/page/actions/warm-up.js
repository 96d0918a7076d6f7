import { h } from '../dom.js';
import { ask } from './ask.js';

/** @import { Ui } from '../ui.js' */

/** @param {Ui} ui */
export const runWarmUp = (ui) =>
  ask(ui, {
    action: 'run-warm-up',
    body: () => ({}),
    title: ui.t('ask.warmUp'),
    says: [h('p', {}, ui.t('ask.warmUpBody')), h('p', { class: 'muted' }, ui.t('ask.warmUpCost'))],
    confirm: ui.t('warmUp.run'),
  });

/** @param {Ui} ui */
export const cancelWarmUp = (ui) =>
  ask(ui, {
    action: 'cancel-warm-up',
    body: () => ({}),
    title: ui.t('ask.cancelWarmUp'),
    says: h('p', {}, ui.t('ask.cancelWarmUpBody')),
    confirm: ui.t('warmUp.cancel'),
    destructive: true,
  });
