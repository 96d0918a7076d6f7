import { h } from '../dom.js';
import { badge, facts } from '../parts/card.js';
import { companyName, name } from '../parts/name.js';
import { UNKNOWN } from '../text/format.js';
import { STATE_TONES, tagLinks } from './entry-columns.js';

/** @import { EntryView } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * Everything there is to see of one entry; of its content only what the module was told to show.
 * @param {Ui} ui
 * @param {string} key
 */
export async function entryDialog(ui, key) {
  const { t } = ui;
  const body = h('div', { class: 'dialog-body' }, h('p', { class: 'muted' }, t('state.loading')));
  const close = h('button', { type: 'button', class: 'button', autofocus: true }, t('dialog.close'));
  const dialog = h(
    'dialog',
    { class: 'dialog wide', 'aria-labelledby': 'entry-dialog-title' },
    h('h2', { id: 'entry-dialog-title' }, t('entries.details')),
    body,
    h('div', { class: 'dialog-buttons' }, close),
  );
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  body.replaceChildren(...(await describe(ui, key)));
}

/** @param {Ui} ui @param {string} key @returns {Promise<Node[]>} */
async function describe(ui, key) {
  try {
    const view = await ui.api.view('entry', { key });
    return [entryFacts(ui, view), h('h3', {}, ui.t('entries.payload')), payloadOf(ui, view.payload)];
  } catch (failure) {
    return [h('p', { class: 'form-error', role: 'alert' }, ui.explain(failure))];
  }
}

/** @param {Ui} ui @param {EntryView} view */
function entryFacts(ui, { entry, now }) {
  const { t, format } = ui;
  return facts([
    [t('column.key'), name(entry.key, 'code')],
    [t('column.report'), name(entry.type)],
    [t('column.company'), companyName(ui, entry.companyId)],
    [t('entries.owner'), entry.username === null ? t('user.shared') : name(entry.username)],
    [t('column.tags'), entry.tags.length === 0 ? UNKNOWN : h('div', { class: 'tags' }, tagLinks(entry.tags))],
    [t('column.created'), `${format.ago(entry.createdAt, now)}, ${format.dateTime(entry.createdAt)}`],
    [
      t('column.expires'),
      [`${format.ago(entry.expiresAt, now)} `, badge(t(`state.${entry.state}`), STATE_TONES[entry.state])],
    ],
    ...graceFact(ui, entry),
    [t('entries.loadTime'), format.duration(entry.loadMs)],
    [t('column.size'), format.bytes(entry.byteSize)],
    [t('column.hits'), format.number(entry.hits)],
    [t('column.accessed'), format.ago(entry.lastAccessedAt, now)],
  ]);
}

/**
 * @param {Ui} ui
 * @param {EntryView['entry']} entry
 * @returns {(readonly [string, Children])[]}
 */
function graceFact({ t, format }, { expiresAt, graceUntil }) {
  return graceUntil > expiresAt ? [[t('entries.grace'), format.dateTime(graceUntil)]] : [];
}

/** @param {Ui} ui @param {EntryView['payload']} payload @returns {HTMLElement} */
function payloadOf({ t }, payload) {
  if (payload === null) return h('p', { class: 'muted' }, t('entries.payloadHidden'));
  if (payload.text === null) return h('p', { class: 'muted' }, t('entries.payloadBinary'));
  return h(
    'div',
    {},
    payload.truncated && h('p', { class: 'muted small' }, t('entries.payloadTruncated')),
    h('pre', { class: 'payload', tabindex: 0 }, payload.text),
  );
}
