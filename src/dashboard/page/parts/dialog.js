import { h } from '../dom.js';

/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/**
 * @typedef {object} Question
 * @property {string} title what would be done, as a question
 * @property {Children} body exactly what goes or changes
 * @property {string} confirm the verb on the button
 * @property {boolean} [destructive]
 * @property {() => Promise<void>} act done while the dialog is open; what it throws is shown there
 */

let dialogs = 0;

/**
 * Asks, and acts when the answer is yes. The focus starts on "Cancel" when something would go.
 * @param {Ui} ui
 * @param {Question} question
 * @returns {Promise<boolean>} whether it was done
 */
export function confirm(ui, question) {
  const { promise, resolve } = withResolvers();
  const id = `dialog-${++dialogs}`;
  const error = h('p', { class: 'form-error', role: 'alert' });
  const cancel = h(
    'button',
    { type: 'button', class: 'button', autofocus: question.destructive },
    ui.t('dialog.cancel'),
  );
  const submit = h(
    'button',
    { type: 'submit', class: question.destructive ? 'button danger' : 'button primary' },
    question.confirm,
  );
  const form = h(
    'form',
    { novalidate: true },
    h('h2', { id }, question.title),
    h('div', { class: 'dialog-body' }, question.body),
    error,
    h('div', { class: 'dialog-buttons' }, cancel, submit),
  );
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id }, form);
  let done = false;

  const act = async () => {
    submit.disabled = true;
    error.textContent = '';
    try {
      await question.act();
      done = true;
      dialog.close();
    } catch (failure) {
      error.textContent = ui.explain(failure);
      submit.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void act();
  });
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(done);
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

/** What was asked of one view must not stay before another. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog[open]'))
    /** @type {HTMLDialogElement} */ (dialog).close();
}

/** `Promise.withResolvers`, which browsers have since 2024 only. */
function withResolvers() {
  /** @type {(value: boolean) => void} */
  let resolve = () => undefined;
  const promise = new Promise((/** @type {(value: boolean) => void} */ settle) => (resolve = settle));
  return { promise, resolve };
}
