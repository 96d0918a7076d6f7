import { h } from '../dom.js';
import { ask, subject } from './ask.js';

/** @import { Ui } from '../ui.js' */

/** @param {Ui} ui @param {boolean} enabled */
export const switchCache = (ui, enabled) =>
  ask(ui, {
    action: 'set-cache-enabled',
    body: () => ({ enabled }),
    title: ui.t(enabled ? 'ask.cacheOn' : 'ask.cacheOff'),
    says: h('p', {}, ui.t(enabled ? 'ask.cacheOnBody' : 'ask.cacheOffBody')),
    confirm: ui.t(enabled ? 'do.switchOn' : 'do.switchOff'),
    destructive: !enabled,
  });

/** @param {Ui} ui @param {string} type @param {boolean} enabled */
export const switchType = (ui, type, enabled) =>
  ask(ui, {
    action: 'set-type-enabled',
    body: () => ({ type, enabled }),
    title: ui.t(enabled ? 'ask.typeOn' : 'ask.typeOff'),
    says: [subject(type), h('p', {}, ui.t(enabled ? 'ask.typeOnBody' : 'ask.typeOffBody'))],
    confirm: ui.t(enabled ? 'do.switchOn' : 'do.switchOff'),
    destructive: !enabled,
  });

/** @param {Ui} ui @param {string} username @param {boolean} enabled */
export const switchUser = (ui, username, enabled) =>
  ask(ui, {
    action: 'set-user-enabled',
    body: () => ({ username, enabled }),
    title: ui.t(enabled ? 'ask.userOn' : 'ask.userOff'),
    says: [subject(username), h('p', {}, ui.t(enabled ? 'ask.userOnBody' : 'ask.userOffBody'))],
    confirm: ui.t(enabled ? 'do.switchOn' : 'do.switchOff'),
    destructive: !enabled,
  });

/** @param {Ui} ui @param {string} type @param {string} current as it would be typed; empty: as the code says */
export const changeTtl = (ui, type, current) => {
  const field = h('input', { id: 'ttl', name: 'ttl', value: current, autocomplete: 'off', autofocus: true });
  return ask(ui, {
    action: 'set-type-ttl',
    body: () => ({ type, ttl: field.value.trim() === '' ? null : field.value.trim() }),
    title: ui.t('ask.ttl'),
    says: [
      subject(type),
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'ttl' }, ui.t('ask.ttlField')),
        field,
        h('p', { class: 'field-hint' }, ui.t('ask.ttlHint')),
      ),
      h('p', { class: 'muted' }, ui.t('ask.ttlBody')),
    ],
    confirm: ui.t('do.save'),
  });
};
