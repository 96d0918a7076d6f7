import { h } from '../dom.js';
import { hashOf } from '../router.js';

/** @import { MessageKey } from '../text/en.js' */
/** @import { Ui } from '../ui.js' */

/** @typedef {'type' | 'company' | 'tag' | 'text'} FilterName */

const FIELDS = /** @type {const} */ (['type', 'company', 'tag', 'text']);

/**
 * The form that entries are searched by. Sent, it calls back with what was typed; it stays when the results change.
 * @param {Ui} ui
 * @param {Partial<Record<FilterName, string>>} filter
 * @param {(filter: Partial<Record<FilterName, string>>) => void} onSearch
 */
export function filterForm(ui, filter, onSearch) {
  const { t } = ui;
  const fields = FIELDS.map((name) => ({ name, input: inputFor(name, filter[name]) }));
  const form = h(
    'form',
    { class: 'card card-body filters', role: 'search', 'aria-label': t('entries.filter') },
    fields.map(({ name, input }) =>
      h(
        'div',
        { class: 'field' },
        h('label', { for: input.id }, t(/** @type {MessageKey} */ (`entries.${name}`))),
        input,
      ),
    ),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'submit', class: 'button primary' }, t('entries.apply')),
      h('a', { class: 'button', href: hashOf('entries') }, t('entries.reset')),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSearch(Object.fromEntries(fields.map(({ name, input }) => [name, input.value])));
  });
  return form;
}

/** @param {FilterName} name @param {string} [value] */
function inputFor(name, value) {
  return h('input', {
    id: `filter-${name}`,
    name,
    value,
    maxlength: 200,
    autocomplete: 'off',
    spellcheck: 'false',
  });
}
