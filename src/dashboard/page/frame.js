import { h, replace } from './dom.js';
import { hashOf } from './router.js';
import { storeLanguage } from './text/choose-language.js';
import { printable } from './text/printable.js';
import { LANGUAGES } from './text/translate.js';
import { currentTheme, onThemeChange, toggleTheme } from './theme.js';
import { VIEWS } from './views/index.js';

/** @import { Ui } from './ui.js' */
/** @import { View } from './parts/region.js' */

/** @typedef {(typeof VIEWS)[number]['id']} ViewId */

/**
 * Navigation, heading and tools around the view.
 * @param {Ui} ui
 * @param {string} language
 * @param {() => boolean} toggleRefresh
 */
export function frame(ui, language, toggleRefresh) {
  const { t, format, settings } = ui;
  const heading = h('h1', { tabindex: -1, id: 'heading' });
  const viewTools = h('div', { class: 'header-tools' });
  const updatedAt = h('span', { class: 'muted small' });
  const main = h('main', { class: 'main', id: 'main', 'aria-labelledby': 'heading' });
  const links = VIEWS.map(({ id }) => ({ id, link: h('a', { href: hashOf(id) }, t(`view.${id}`)) }));
  const element = h(
    'div',
    { class: 'app' },
    h('a', { class: 'skip-link visually-hidden', href: '#main', onclick: skipTo(heading) }, t('app.skip')),
    sidebar(
      ui,
      links.map(({ link }) => link),
      language,
    ),
    h(
      'div',
      {},
      h('header', { class: 'header' }, heading, viewTools, refreshTools(ui, toggleRefresh), updatedAt),
      main,
    ),
  );

  return {
    element,
    /** @param {ViewId} current @param {View} view @param {boolean} byReader whether the focus follows */
    show(current, view, byReader) {
      for (const { id, link } of links) mark(link, id === current);
      heading.textContent = t(`view.${current}`);
      document.title = `${t(`view.${current}`)} – ${printable(settings.title)}`;
      replace(viewTools, view.tools ?? null);
      replace(main, view.element);
      if (byReader) heading.focus();
    },
    /** @param {number} time */
    updated(time) {
      updatedAt.textContent = t('app.updated', { time: format.dates({ timeStyle: 'medium' })(time) });
    },
  };
}

/**
 * The address is the view's, so that the link moves the focus and not the address.
 * @param {HTMLElement} target
 */
function skipTo(target) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    target.focus();
  };
}

/** @param {Element} link @param {boolean} isCurrent */
function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
}

/** @param {Ui} ui @param {HTMLElement[]} links @param {string} language */
function sidebar(ui, links, language) {
  const { t, settings } = ui;
  const stripes = [1, 2, 3].map(() => h('span'));
  return h(
    'div',
    { class: 'sidebar' },
    h(
      'div',
      { class: 'brand' },
      h('span', { class: 'brand-mark', 'aria-hidden': 'true' }, stripes),
      printable(settings.title),
    ),
    h(
      'nav',
      { 'aria-label': t('app.navigation') },
      h(
        'ul',
        { class: 'nav' },
        links.map((link) => h('li', {}, link)),
      ),
    ),
    h(
      'footer',
      { class: 'sidebar-foot' },
      settings.readOnly && h('span', { class: 'badge' }, t('app.readOnly')),
      settings.username !== null &&
        h('span', { class: 'foot-note' }, t('app.signedInAs', { name: printable(settings.username) })),
      h('span', { class: 'foot-note' }, t('app.version', { version: settings.version })),
      h('div', { class: 'buttons' }, languageChoice(ui, language), themeButton(ui)),
    ),
  );
}

/** @param {Ui} ui @param {string} current */
function languageChoice({ t }, current) {
  const options = Object.entries(LANGUAGES).map(([code, { name }]) =>
    h('option', { value: code, lang: code, selected: code === current }, name),
  );
  const select = h('select', { class: 'select-plain', 'aria-label': t('app.language') }, options);
  select.addEventListener('change', () => {
    storeLanguage(select.value);
    location.reload();
  });
  return select;
}

/** @param {Ui} ui */
function themeButton({ t }) {
  const button = h('button', { type: 'button', class: 'button small', onclick: toggleTheme });
  const label = () => {
    const other = t(currentTheme() === 'dark' ? 'app.themeToLight' : 'app.themeToDark');
    button.textContent = other;
    button.setAttribute('aria-label', t('app.theme', { theme: other }));
  };
  onThemeChange(label);
  label();
  return button;
}

/** @param {Ui} ui @param {() => boolean} toggleRefresh */
function refreshTools({ t, refresh }, toggleRefresh) {
  const automatic = h(
    'button',
    { type: 'button', class: 'button small', 'aria-pressed': 'true' },
    t('app.autoRefresh'),
  );
  automatic.addEventListener('click', () => automatic.setAttribute('aria-pressed', String(toggleRefresh())));
  const now = h(
    'button',
    { type: 'button', class: 'button small', onclick: () => void refresh() },
    t('app.refresh'),
  );
  return h('div', { class: 'header-tools' }, automatic, now);
}
