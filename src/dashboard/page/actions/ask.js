import { h } from '../dom.js';
import { confirm } from '../parts/dialog.js';
import { name } from '../parts/name.js';

/** @import { ActionBodies, ActionName, ActionResult } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * Asks, acts, says what became of it, and shows the view anew.
 * @template {ActionName} Name
 * @param {Ui} ui
 * @param {object} request
 * @param {Name} request.action
 * @param {() => ActionBodies[Name]} request.body read when it is confirmed, so that it may come from a field
 * @param {string} request.title
 * @param {Children} request.says exactly what goes or changes
 * @param {string} request.confirm
 * @param {boolean} [request.destructive]
 */
export async function ask(ui, { action, body, title, says, confirm: verb, destructive = false }) {
  /** @type {ActionResult | undefined} */
  let result;
  const done = await confirm(ui, {
    title,
    body: says,
    confirm: verb,
    destructive,
    act: async () => {
      result = await ui.act(action, body());
    },
  });
  if (!done || result === undefined) return;
  ui.announce(outcomeOf(ui, action, result));
  await ui.refresh();
}

/**
 * @param {Ui} ui
 * @param {ActionName} action
 * @param {ActionResult} result
 */
function outcomeOf({ t }, action, { removed, refreshed }) {
  if (action === 'refresh-entry') return t(refreshed ? 'done.refreshed' : 'done.dropped');
  if (action === 'run-warm-up') return t('done.warmUp');
  if (action === 'cancel-warm-up') return t('done.cancelWarmUp');
  if (action.startsWith('set-')) return t('done.saved');
  return t('done.removed', { count: removed });
}

/** @typedef {{ entries: number | null, bytes: number | null, usualMs?: number | null }} Loss */

/**
 * What would go, in figures.
 * @param {Ui} ui
 * @param {Loss} loss
 */
export function loss({ t, format }, { entries, bytes, usualMs }) {
  const goes =
    entries === null ? t('ask.goesUncounted') : t('ask.goes', { count: entries, size: format.bytes(bytes) });
  const then = usualMs ? t('ask.nextWaitsFor', { time: format.duration(usualMs) }) : t('ask.nextWaits');
  return [h('p', {}, h('strong', {}, goes)), h('p', { class: 'muted' }, then)];
}

/** What an action is about, shown as it is. @param {string} text */
export const subject = (text) => h('p', {}, name(text, 'code'));
