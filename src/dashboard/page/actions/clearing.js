import { h } from '../dom.js';
import { ask, loss, subject } from './ask.js';

/** @import { Ui } from '../ui.js' */
/** @import { Loss } from './ask.js' */

/** @param {Ui} ui @param {Loss} all */
export const clearAll = (ui, all) =>
  ask(ui, {
    action: 'clear',
    body: () => ({}),
    title: ui.t('ask.clear'),
    says: [h('p', {}, ui.t('ask.clearBody')), loss(ui, all)],
    confirm: ui.t('cache.empty'),
    destructive: true,
  });

/** @param {Ui} ui @param {string} type @param {Loss} entries */
export const clearType = (ui, type, entries) =>
  ask(ui, {
    action: 'clear-type',
    body: () => ({ type }),
    title: ui.t('ask.clearType'),
    says: [subject(type), loss(ui, entries)],
    confirm: ui.t('do.clear'),
    destructive: true,
  });

/** @param {Ui} ui @param {string} companyId @param {Loss} entries */
export const clearCompany = (ui, companyId, entries) =>
  ask(ui, {
    action: 'clear-company',
    body: () => ({ companyId }),
    title: ui.t('ask.clearCompany'),
    says: [subject(companyId), loss(ui, entries)],
    confirm: ui.t('do.clear'),
    destructive: true,
  });

/** @param {Ui} ui @param {string} tag */
export const clearTag = (ui, tag) =>
  ask(ui, {
    action: 'clear-tag',
    body: () => ({ tag }),
    title: ui.t('ask.clearTag'),
    says: [
      subject(tag),
      h('p', {}, ui.t('ask.clearTagBody')),
      h('p', { class: 'muted' }, ui.t('ask.nextWaits')),
    ],
    confirm: ui.t('do.clear'),
    destructive: true,
  });

/** @param {Ui} ui @param {{ key: string, byteSize: number, loadMs: number }} entry */
export const deleteEntry = (ui, { key, byteSize, loadMs }) =>
  ask(ui, {
    action: 'delete-entry',
    body: () => ({ key }),
    title: ui.t('ask.delete'),
    says: [
      subject(key),
      h('p', {}, h('strong', {}, ui.t('ask.deleteBody', { size: ui.format.bytes(byteSize) }))),
      h('p', { class: 'muted' }, ui.t('ask.nextWaitsFor', { time: ui.format.duration(loadMs) })),
    ],
    confirm: ui.t('do.delete'),
    destructive: true,
  });

/** @param {Ui} ui @param {{ key: string }} entry */
export const refreshEntry = (ui, { key }) =>
  ask(ui, {
    action: 'refresh-entry',
    body: () => ({ key }),
    title: ui.t('ask.refresh'),
    says: [subject(key), h('p', {}, ui.t('ask.refreshBody'))],
    confirm: ui.t('do.refresh'),
  });
